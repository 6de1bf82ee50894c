// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { isErrno } from "@countersign/updater/errno";

/** The file that an option names. */
export async function readOption(option: string, file: string): Promise<Outcome<Buffer>> {
  try {
    return accept(await readFile(file));
  } catch (error) {
    if (isErrno(error, "ENOENT", "EISDIR", "EACCES"))
      return refuse("no-file", `a file at ${file}`, String(error), `Name another file: ${option}`);
    throw error;
  }
}
