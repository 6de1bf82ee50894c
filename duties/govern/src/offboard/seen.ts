// SPDX-License-Identifier: Apache-2.0
import type { Database } from "../database.ts";
import { register } from "../register.ts";

/** Something whose secrets somebody could have read, and in which time. */
export interface Seen {
  readonly identity: string;
  /** How it proves itself: the job, environment or certificate whose secrets are to be changed. */
  readonly pin: unknown;
  readonly keyid: string | null;
  readonly from: string;
  /** Null where it lasts: then it goes on. */
  readonly until: string | null;
}

/** All that somebody ever owned or stood in for: what they could have copied is to be made anew, whoever has it now. */
export async function seenBy(database: Database, person: string): Promise<readonly Seen[]> {
  const tenures = await database
    .selectFrom("tenures")
    .selectAll()
    .where("by", "=", person)
    .where("source", "=", "register")
    .orderBy("since")
    .execute();
  const identities = await register(database);
  return tenures.flatMap(({ of, since, until }) => {
    const identity = identities.find(({ name }) => name === of);
    return identity === undefined ? [] : [{ identity: of, pin: identity.pin, keyid: identity.keyid, from: since, until }];
  });
}
