// SPDX-License-Identifier: Apache-2.0
import { versionOf } from "./message.ts";
import { type Change, splice } from "./splice.ts";

/**
 * The message that follows: the next version, good until `expires` (as TUF writes dates), with these changes. With none it is renewed: what its signers
 * said before, said again. A message that was published is never signed again under its own version, since a name means the same bytes for ever.
 */
export function revise(message: Uint8Array, expires: string, changes: readonly Change[] = []): Uint8Array {
  return splice(message, [{ path: ["version"], value: versionOf(message) + 1 }, { path: ["expires"], value: expires }, ...changes]);
}
