// SPDX-License-Identifier: Apache-2.0

/** Whether an operation of the system failed with one of these codes (`ENOENT`, ...). */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}
