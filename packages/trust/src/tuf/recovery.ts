// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "../check.ts";
import type { Envelope } from "../envelope.ts";
import { quorum } from "./role.ts";
import { type Root, topAuthority } from "./root.ts";

/** What a client kept of the two roles whose keys are online. */
export interface OnlineFiles<F> {
  readonly timestamp: F | undefined;
  readonly snapshot: F | undefined;
}

/**
 * Recovery from a fast-forward attack (TUF 5.3.11): whether the versions of these files may still hold newer ones off. If not, both are to
 * be forgotten, since a raised snapshot version stands in timestamp, and raised targets versions in snapshot.
 *
 * The specification says "if the keys have been rotated" and leaves open what that is, seen from which root, and what happens to a client
 * that stops between storing the root and deleting the files (specification issue #269). Here it is: a file counts as long as the newest
 * root's threshold of keys signed it. Whoever raised versions held a threshold of the old keys; a root that recovers from that takes so
 * many of them away, or raises the threshold so far, that what they signed alone is no longer enough, or they could simply do it again. The
 * answer depends on the files and the root alone, so it is the same after a crash, and over any number of roots walked at once; keys that
 * are merely added change nothing.
 */
export function stillStand(root: Root, { timestamp, snapshot }: OnlineFiles<Envelope<unknown>>): boolean {
  return (
    (timestamp === undefined || quorum(timestamp, topAuthority(root, "timestamp")).ok) &&
    (snapshot === undefined || quorum(snapshot, topAuthority(root, "snapshot")).ok)
  );
}

/** What the trail says where they do not. */
export const onlineKeysReplaced: Verdict = {
  check: "root/online-keys-replaced",
  source: "TUF 5.3.11",
  expected: "versions signed by keys that root still trusts",
  found: "keys were replaced; their versions are forgotten",
};
