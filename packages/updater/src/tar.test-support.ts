// SPDX-License-Identifier: Apache-2.0

/** One entry, as it may be lied about. */
export interface Entry {
  readonly path: string;
  readonly content?: string | Buffer;
  readonly type?: string;
  readonly mode?: number;
  readonly link?: string;
  /** Raw changes to the header, made before its checksum. */
  readonly patch?: readonly (readonly [offset: number, text: string])[];
  readonly checksum?: number;
}

/** A tar writer that writes whatever it is told. */
export function header({ path, content = "", type = "0", mode = 0o644, link = "", patch = [], checksum }: Entry): Buffer {
  const block = Buffer.alloc(512);
  const field = (offset: number, text: string): number => block.write(text, offset, "utf8");
  field(0, path);
  field(100, `${mode.toString(8).padStart(7, "0")}\0`);
  for (const offset of [108, 116]) field(offset, "0000000\0");
  field(124, `${Buffer.byteLength(content).toString(8).padStart(11, "0")}\0`);
  field(136, "00000000000\0");
  field(148, " ".repeat(8));
  field(156, type);
  field(157, link);
  field(257, "ustar\u000000");
  for (const [offset, text] of patch) field(offset, text);
  const sum = checksum ?? block.reduce((total, byte) => total + byte, 0);
  field(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

function record(entry: Entry): Buffer {
  const content = Buffer.from(entry.content ?? "");
  return Buffer.concat([header(entry), content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

export function pax(text: string): Buffer {
  return record({ path: "pax", type: "x", content: text });
}

const end = Buffer.alloc(1024);

export function tar(...entries: (Entry | Buffer)[]): Buffer {
  return Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : record(entry))), end]);
}
