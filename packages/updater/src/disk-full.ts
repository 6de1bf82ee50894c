// SPDX-License-Identifier: Apache-2.0
import { type Refusal, refuse } from "@countersign/tlog/refusal";
import { isErrno } from "./errno.ts";

/** Turns "no space left on device" and "quota exceeded" into the refusal `disk-full`, as a full disk is part of the job. Throws any other error on. */
export function refuseDiskFull(error: unknown): { readonly ok: false; readonly refusal: Refusal } {
  if (isErrno(error, "ENOSPC", "EDQUOT") || isSqliteFull(error)) {
    return refuse("disk-full", "room for the update", String(error), "free some space, then try again: the running version is untouched");
  }
  throw error;
}

/** SQLite says it in its own way (result code 13), of the lock file. */
function isSqliteFull(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 13;
}
