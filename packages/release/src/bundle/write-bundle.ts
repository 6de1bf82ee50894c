// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { padding, tarEnd, tarHeader } from "@countersign/repository/tar";
import { type BundleDescription, descriptionPath } from "@countersign/updater/bundle/description";
import type { Collected } from "./collect.ts";
import type { BundleProgress } from "./site.ts";

/**
 * Writes a bundle, and to the disk: `bundle.json`, then the documents by their paths, then the artifacts. Throws where the disk has no room: `write` alone would
 * leave a file short of a part and say nothing.
 */
export async function writeBundle(
  file: string,
  description: BundleDescription,
  { documents, artifacts }: Collected,
  progress: BundleProgress,
): Promise<void> {
  await using out = await open(file, "w");
  await writeEntry(out, descriptionPath, Buffer.from(`${JSON.stringify(description, null, 2)}\n`));
  for (const [path, bytes] of [...documents].sort(([one], [other]) => (one < other ? -1 : 1))) await writeEntry(out, path, bytes);
  for (const { sha256, length, file: artifact } of artifacts) {
    await out.appendFile(header(`artifacts/${sha256}`, length));
    let done = 0;
    for await (const chunk of createReadStream(artifact)) {
      await out.appendFile(chunk);
      done += chunk.length;
      progress({ step: "writing", done, total: length });
    }
    await out.appendFile(padding(length));
  }
  await out.appendFile(tarEnd());
  await out.sync();
}

async function writeEntry(out: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
  await out.appendFile(Buffer.concat([header(path, bytes.length), bytes, padding(bytes.length)]));
}

function header(path: string, size: number): Buffer {
  return tarHeader({ path, kind: "file", executable: false, size });
}
