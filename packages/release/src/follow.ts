// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { GovernClient, RequestState } from "./govern-client.ts";
import { type Proposal, type ProposalState, type SignerTrail, states } from "./proposal.ts";

export interface FollowOptions {
  readonly onState?: (state: ProposalState, proposal: Proposal) => void;
  /** Called with what a signer said, and again when it says something else. */
  readonly onTrail?: (trail: SignerTrail) => void;
  /** Ends the waiting: `follow` then rejects with its reason, as timers do. */
  readonly signal?: AbortSignal;
  readonly pollMilliseconds?: number;
}

/** Waits until a proposal has come as far as `until`, and reports what happens on the way. Refused where it can no longer come that far. */
export async function follow(
  govern: GovernClient,
  digest: Digest,
  until: ProposalState,
  { onState = () => undefined, onTrail = () => undefined, signal, pollMilliseconds = 500 }: FollowOptions = {},
): Promise<Outcome<Proposal>> {
  let state: ProposalState | undefined;
  const said = new Map<string, string>();
  for (;;) {
    const proposal = await govern.proposal(digest);
    if (!proposal.ok) return proposal;
    for (const trail of await trailsOf(govern, proposal.value)) {
      const text = JSON.stringify(trail);
      if (said.get(trail.signer) !== text) onTrail(trail);
      said.set(trail.signer, text);
    }
    if (state !== proposal.value.state) onState(proposal.value.state, proposal.value);
    state = proposal.value.state;
    if (state === until) return proposal;
    if (state === "refused" || state === "superseded")
      return refuse(
        `proposal-${state}`,
        until,
        state,
        "Read why the signers refused, or what was published instead; then propose it again.",
      );
    if (states.indexOf(state) > states.indexOf(until)) return accept(proposal.value);
    await sleep(pollMilliseconds, undefined, signal === undefined ? {} : { signal });
  }
}

/** Where a signing request is while somebody waits for it; the last is also where all the earlier ones are, so it is asked last. */
const requestStates: readonly RequestState[] = ["open", "signed", "published"];

async function trailsOf(govern: GovernClient, { digest, state }: Proposal): Promise<readonly SignerTrail[]> {
  if (states.indexOf(state) < states.indexOf("signing")) return [];
  for (const at of requestStates) {
    const requests = await govern.requests(at);
    const request = requests.ok ? requests.value.findLast(({ added }) => added === digest) : undefined;
    if (request !== undefined) return request.trails;
  }
  return [];
}
