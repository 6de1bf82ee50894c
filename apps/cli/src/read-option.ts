// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { isErrno } from "@countersign/updater/errno";

/** The file that an option names. */
export async function readOption(option: string, file: string): Promise<Outcome<Buffer>> {
  try {
    return accept(await readFile(file));
  } catch (error) {
    const found = obstacles.find(([code]) => isErrno(error, code))?.[1];
    if (found === undefined) throw error;
    return refuse("no-file", `a file at ${file}`, found, `Name another file: ${option}`);
  }
}

const obstacles = [
  ["ENOENT", "nothing"],
  ["EISDIR", "a directory"],
  ["EACCES", "one that you may not read"],
] as const;
