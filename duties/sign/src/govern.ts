// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import { type SigningRequest, signingRequests } from "@countersign/repository/signing-request";
import type { Verdict } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import type { Signature } from "@countersign/trust/envelope";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";

/** Govern, as a signer sees it: it asks, and it is answered. */
export interface Govern {
  openRequests(): Promise<Outcome<readonly SigningRequest[]>>;
  sign(id: string, signature: Signature, verdicts: readonly Verdict[]): Promise<Outcome<unknown>>;
  refuse(id: string, refusal: Refusal, verdicts: readonly Verdict[]): Promise<Outcome<unknown>>;
}

/** Govern at this URL, for the signer of this name. */
export function governAt(url: string, signer: string): Govern {
  const post = (path: string, body: object): Promise<Outcome<unknown>> =>
    request(
      `${url}${path}`,
      { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ signer, ...body }) },
      accept,
    );
  return {
    openRequests: async () => {
      const answer = await request(`${url}/requests?state=open`, {}, (json) => decode(signingRequests, json, "govern's requests"));
      return answer.ok ? accept(answer.value.requests) : answer;
    },
    sign: (id, signature, verdicts) => post(`/requests/${id}/signatures`, { ...signature, verdicts }),
    refuse: (id, refusal, verdicts) => post(`/requests/${id}/refusals`, { refusal, verdicts }),
  };
}
