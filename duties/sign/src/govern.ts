// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import type { Granted } from "@countersign/federation/exchange";
import type { GrantSource } from "@countersign/federation/grant-source";
import { type SigningRequest, signingRequests } from "@countersign/repository/signing-request";
import type { Verdict } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";

/** Govern, as a signer sees it: it asks, and it is answered. */
export interface Govern {
  openRequests(): Promise<Outcome<readonly SigningRequest[]>>;
  /** A grant for the signatures of what starts something, in a window that is open. */
  grantFor(channel: string, digest: Digest, uses: number): Promise<Outcome<Granted>>;
  /** Under a grant, where what is signed starts something. */
  sign(id: string, signature: Signature, verdicts: readonly Verdict[], granted: Granted | undefined): Promise<Outcome<unknown>>;
  refuse(id: string, refusal: Refusal, verdicts: readonly Verdict[]): Promise<Outcome<unknown>>;
}

/** Govern at this URL, for the signer of this name, with the grants of its identity. */
export function governAt(url: string, signer: string, grants: GrantSource): Govern {
  const post = (path: string, body: object, under: Readonly<Record<string, string>> = {}): Promise<Outcome<unknown>> =>
    request(
      `${url}${path}`,
      { method: "POST", headers: { "content-type": "application/json", ...under }, body: JSON.stringify({ signer, ...body }) },
      accept,
    );
  return {
    openRequests: async () => {
      const answer = await request(`${url}/requests?state=open`, {}, (json) => decode(signingRequests, json, "govern's requests"));
      return answer.ok ? accept(answer.value.requests) : answer;
    },
    grantFor: (channel, digest, uses) => grants.grantFor({ duty: "sign", channel, digest, uses }),
    sign: async (id, signature, verdicts, granted) => {
      const path = `/requests/${id}/signatures`;
      const under = granted && (await grants.headersFor(granted, "POST", url + path));
      return post(path, { ...signature, verdicts }, under);
    },
    refuse: (id, refusal, verdicts) => post(`/requests/${id}/refusals`, { refusal, verdicts }),
  };
}
