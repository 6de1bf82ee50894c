// SPDX-License-Identifier: Apache-2.0
import { type Refusal, refuse } from "@countersign/tlog/refusal";

/** What full disks say, SQLite in its own way (result code 13). */
const full: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", 13]);

/**
 * Turns a failure of the machine in `directory` into a refusal: `disk-full`, or `io-failed` for whatever else the system said no to. Neither is damage
 * nor an attack, and nothing that was stored is given up for it. Throws any other error on.
 */
export function refuseIoFailure(error: unknown, directory: string): { readonly ok: false; readonly refusal: Refusal } {
  if (!(error instanceof Error)) throw error;
  const said = "errcode" in error ? error.errcode : "syscall" in error && "code" in error ? error.code : undefined;
  if (said === undefined) throw error;
  if (full.has(said)) return refuse("disk-full", `room in ${directory}`, error.message, "free some space, then try again: nothing is lost");
  return refuse("io-failed", `to read and write in ${directory}`, error.message, "see to its permissions and its disk, then try again");
}
