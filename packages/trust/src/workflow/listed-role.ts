// SPDX-License-Identifier: Apache-2.0
import { type OwnedSubject, type OwnerOf, stillCounts } from "../anchor/role.ts";
import { type Check, judge, type Step, stopped, type Verified } from "../check.ts";
import type { Decoder } from "../decode.ts";
import type { Envelope } from "../envelope.ts";
import { defaultLimits } from "../limits.ts";
import type { Authority } from "../quorum.ts";
import { type Outcome, refuse } from "../refusal.ts";
import type { MetaFile } from "../tuf/meta.ts";
import { acceptRole, isListed, ourReading, type RoleFields } from "../tuf/role.ts";
import { type Read, readFile } from "./step.ts";

/** A role that another document lists: snapshot (by timestamp), targets and channels (by snapshot). */
export interface ListedRole<T extends RoleFields, A extends Authority = Authority> {
  /** The role's file name without `.json`. */
  readonly role: string;
  readonly decoder: Decoder<T>;
  readonly authority: A;
  readonly ownerOf: OwnerOf;
  /** The file trusted before, if any; where it is still the listed one, nothing is fetched. */
  readonly stored: Envelope<T> | undefined;
  /** What the document that lists it says of it, as it was looked up there. */
  readonly entry: Outcome<MetaFile | undefined>;
  readonly now: number;
}

/**
 * TUF 5.5 and 5.6: fetches the version that is listed, unless it is here already, and judges it either way: time has passed. The file before counts as long
 * as it would be trusted under the keys that count today (TUF 5.3.11, for every role): or whoever stole replaced keys could have raised its version
 * so far that no honest file is ever accepted again.
 */
export async function nextListedRole<T extends RoleFields, A extends Authority>(
  { role, decoder, authority, ownerOf, stored: before, entry, now }: ListedRole<T, A>,
  read: Read,
  checks: readonly Check<OwnedSubject<T> & { readonly authority: A }>[],
): Promise<Step<Verified<Envelope<T>>>> {
  if (!entry.ok) return stopped(entry.refusal);
  const listed = entry.value;
  if (listed === undefined)
    return stopped(
      refuse(
        "role-not-listed",
        `${role}.json among the listed files`,
        "not listed",
        "The repository has no such role; check the channel's name.",
      ).refusal,
    );
  const limit = role === "snapshot" ? defaultLimits.snapshotBytes : defaultLimits.targetsBytes; // whatever is listed: the key that lists is online
  const path = `metadata/${listed.version}.${role}.json`;
  const stored = stillCounts(before, authority);
  const context = { authority, ownerOf, stored, listed, now };
  if (stored !== undefined && listed.hashes !== undefined && isListed(stored, listed))
    return judge({ ...context, candidate: stored }, checks);
  const bytes = await readFile(read, path, Math.min(listed.length ?? limit, limit));
  if (!bytes.ok) return stopped(bytes.refusal);
  return acceptRole(decoder, bytes.value, path, context, checks, ourReading(limit));
}
