// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { Deed } from "@countersign/release/personal-act";
import { type ReviewClient, reviewClient } from "@countersign/release/review-client";
import type { SigningKey } from "@countersign/repository/sign-document";
import type { Outcome } from "@countersign/trust/refusal";
import { type ApproverOptions, approverOf } from "./approver-key.ts";
import type { Screen } from "./screen.ts";
import { openSite, type Site, type SiteOptions } from "./site.ts";

export type Acting = SiteOptions & ApproverOptions;

/** A person at govern: their key, and what they sign of a subject. */
export interface Person {
  readonly site: Site;
  readonly client: ReviewClient;
  readonly key: SigningKey;
  readonly of: (subject: string, body: unknown) => Omit<Deed, "act">;
}

/** Does something at govern as the person that `--as` names, with the key or passkey that they have. */
export async function asPerson<T>(options: Acting, screen: Screen, work: (person: Person) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const site = await openSite(options);
  if (!site.ok) return site;
  const approver = await approverOf(site.value.project, options, screen);
  if (!approver.ok) return approver;
  const of = (subject: string, body: unknown) => ({ subject, body, now: Date.now(), nonce: randomBytes(16) });
  return work({ site: site.value, client: reviewClient(site.value.running.govern), key: approver.value.documents, of });
}
