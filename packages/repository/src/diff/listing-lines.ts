// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, type Lines, word, writeAll, writeRest } from "./lines.ts";

/** A snapshot or a timestamp (TUF 4.4, 4.6): which version of which file; in our own timestamps, the checkpoint that dates them. */
export function listingLines(lines: Lines, { meta, countersign, ...rest }: Fields): void {
  if (Object.keys(fieldsOf(meta)).length === 0) lines.set("meta", {});
  for (const [file, said] of Object.entries(fieldsOf(meta))) lines.set(`file: ${word(file)}`, said);
  if (countersign !== undefined) writeAll(lines, "countersign", countersign);
  writeRest(lines, "", rest);
}
