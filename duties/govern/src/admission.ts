// SPDX-License-Identifier: Apache-2.0
import type { GrantClaims } from "@countersign/federation/grant";
import { isStored } from "@countersign/repository/read-from";
import type { Reader } from "@countersign/repository/store";
import { type Judgement, judge } from "@countersign/trust/check";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import type { Govern } from "./govern.ts";
import { isRelease, type Proposal, signerOf } from "./proposal.ts";
import type { Published } from "./published.ts";
import { identityOfKey } from "./register.ts";
import { isOpen } from "./window.ts";

/** Whether a proposal may be taken: it could become a release or an order by all that is known now. */
export async function admit(
  candidate: Proposal,
  published: Published,
  { database, store, now, checks }: Govern,
  grant: GrantClaims | undefined,
): Promise<Outcome<unknown>> {
  const { channel } = candidate.body;
  const rules = published.policy.channels[channel];
  if (rules === undefined)
    return refuse(
      "channel-unknown",
      `one of ${Object.keys(published.policy.channels).join(", ")}`,
      channel,
      "Propose it for a channel that the policy has.",
    );
  const proposer = await identityOfKey(database, signerOf(candidate.approvals[0]));
  const missing = await missingFrom(store, candidate);
  const time = now();
  const windows = await database.selectFrom("windows").selectAll().where("channel", "=", channel).where("state", "=", "open").execute();
  const isWindow = windows.some((window) => isOpen(window, time));
  const around = { published, rules, proposer, missing, grant, isWindow, now: time };
  const judged: Judgement<unknown> = isRelease(candidate)
    ? judge({ candidate, ...around }, checks.releaseProposal)
    : judge({ candidate, ...around }, checks.orderProposal);
  return judged.outcome;
}

/** The paths of what a statement names and nobody uploaded. */
async function missingFrom(store: Reader, entry: Proposal): Promise<readonly string[]> {
  if (!isRelease(entry)) return [];
  const { artifacts, provenance } = entry.body;
  const paths = [...artifacts.map(({ sha256 }) => `artifacts/${sha256}`), ...provenance.map((digest) => `provenance/${digest}`)];
  const missing: string[] = [];
  for (const path of paths) if (!(await isStored(store, path))) missing.push(path);
  return missing;
}
