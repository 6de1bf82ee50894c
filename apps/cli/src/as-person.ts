// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { CustodyKey } from "@countersign/custody/key";
import type { Deed } from "@countersign/release/personal-act";
import { type ReviewClient, reviewClient } from "@countersign/release/review-client";
import type { Outcome } from "@countersign/trust/refusal";
import { openSite, personKey, type Site, type SiteOptions } from "./site.ts";

export interface Acting extends SiteOptions {
  readonly as: string;
}

/** A person at govern: their key, and what they sign of a subject. */
export interface Person {
  readonly site: Site;
  readonly client: ReviewClient;
  readonly key: CustodyKey;
  readonly of: (subject: string, body: unknown) => Omit<Deed, "act">;
}

/** Does something at govern as the person that `--as` names. */
export async function asPerson<T>(options: Acting, work: (person: Person) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const site = await openSite(options);
  if (!site.ok) return site;
  const key = await personKey(site.value.project, options.as);
  if (!key.ok) return key;
  const of = (subject: string, body: unknown) => ({ subject, body, now: Date.now(), nonce: randomBytes(16) });
  return work({ site: site.value, client: reviewClient(site.value.running.govern), key: key.value, of });
}
