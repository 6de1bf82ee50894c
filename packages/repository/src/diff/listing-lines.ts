// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, type Lines, word, writeRest } from "./lines.ts";

/** A snapshot or a timestamp (TUF 4.4, 4.6): which version of which file; in our own timestamps, the checkpoint that dates them. */
export function listingLines(lines: Lines, { meta, countersign, ...rest }: Fields): void {
  for (const [file, said] of Object.entries(fieldsOf(meta))) lines.set(`file: ${word(file)}`, said);
  if (countersign !== undefined) writeRest(lines, "countersign › ", fieldsOf(countersign));
  writeRest(lines, "", rest);
}
