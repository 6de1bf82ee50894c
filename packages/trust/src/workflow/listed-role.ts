// SPDX-License-Identifier: Apache-2.0
import { type Check, judge, type Verified } from "../check.ts";
import type { Decoder } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { defaultLimits } from "../limits.ts";
import type { Authority } from "../quorum.ts";
import { refuse } from "../refusal.ts";
import type { MetaFile } from "../tuf/meta.ts";
import type { RoleFields, RoleSubject } from "../tuf/role.ts";
import { type Read, readFile, type Step, stopped } from "./step.ts";

/** A role that another document lists: snapshot (by timestamp), targets and channels (by snapshot). */
export interface ListedRole<T extends RoleFields> {
  /** The role's file name without `.json`. */
  readonly role: string;
  readonly decoder: Decoder<T>;
  readonly authority: Authority;
  readonly ownerOf: (keyid: string) => string | undefined;
  /** The file trusted before, if any; where it is still the listed one, nothing is fetched. */
  readonly stored: Envelope<T> | undefined;
  readonly listed: MetaFile | undefined;
  readonly now: number;
}

/** TUF 5.5 and 5.6: fetches the version that is listed, unless it is here already, and judges it either way: time has passed. */
export async function nextListedRole<T extends RoleFields>(
  input: ListedRole<T>,
  read: Read,
  checks: readonly Check<RoleSubject<T>>[],
): Promise<Step<Verified<Envelope<T>>>> {
  const { role, listed, stored, authority, ownerOf, now } = input;
  if (listed === undefined)
    return stopped(
      refuse(
        "role-not-listed",
        `${role}.json among the listed files`,
        "not listed",
        "The repository has no such role; check the channel's name.",
      ).refusal,
    );
  const limit = defaultLimits.documentBytes; // whatever is listed: the key that lists is online
  const path = `metadata/${listed.version}.${role}.json`;
  const kept = stored !== undefined && listed.hashes !== undefined && sha256(stored.bytes) === listed.hashes.sha256;
  const bytes = kept ? ({ ok: true, value: stored.bytes } as const) : await readFile(read, path, Math.min(listed.length ?? limit, limit));
  if (!bytes.ok) return stopped(bytes.refusal);
  const candidate = readEnvelope(input.decoder, bytes.value, path);
  if (!candidate.ok) return stopped(candidate.refusal);
  return judge(
    { candidate: candidate.value, authority, ownerOf, stored: stored?.signed, storedDigest: stored?.digest, listed, now },
    checks,
  );
}
