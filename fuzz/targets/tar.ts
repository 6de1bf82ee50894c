// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "@countersign/tlog/refusal";
import { entryChecks, noteNames } from "@countersign/updater/archive-entry-checks";
import { ByteReader } from "@countersign/updater/byte-reader";
import { readEntry, readPadding } from "@countersign/updater/tar";
import { promised, type Target } from "../target.ts";

const pathLength = 300;
const record = 512;

/** What the decompressor gives: every header read and checked, as it is and with its checksums put right. No disk, so many more than `archive`. */
export const tar: Target = {
  name: "tar",
  corpus: ["tar"],
  form: "bytes",
  turn: 300,
  prepare: () => async (input) => {
    const read = await entries(input);
    const repaired = await entries(withChecksums(input));
    return read.ok ? read : repaired;
  },
};

async function entries(bytes: Uint8Array): Promise<Outcome<number>> {
  const reader = new ByteReader(pieces(Buffer.from(bytes)));
  const seen = new Map<string, string>();
  for (let count = 0; ; count++) {
    const entry = await readEntry(reader, pathLength);
    if (!entry.ok) return entry;
    if (entry.value === undefined) return accept(count);
    const { path, size } = entry.value;
    for (const check of entryChecks) {
      const refusal = check.examine(entry.value, seen);
      if (refusal !== undefined) return { ok: false, refusal };
    }
    promised(!path.startsWith("/") && !path.split("/").includes("..") && !/[\p{Cc}\\]/u.test(path), `a path that leads away: ${path}`);
    noteNames(entry.value, seen);
    for (let left = size; left > 0; ) {
      const some = await reader.some(left);
      if (some === undefined) return accept(count);
      left -= some.length;
    }
    const padding = await readPadding(reader, size);
    if (padding !== undefined) return { ok: false, refusal: padding };
  }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Without this nearly every mutant would be refused for its checksum, and nothing behind it would be met. */
function withChecksums(input: Uint8Array): Buffer {
  const output = Buffer.from(input);
  for (let start = 0; start + record <= output.length; start += record) {
    const header = output.subarray(start, start + record);
    if (header.toString("latin1", 257, 262) !== "ustar") continue;
    header.fill(" ", 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  }
  return output;
}
