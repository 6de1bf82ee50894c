// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import type { GrantSource } from "@countersign/federation/grant-source";
import { type SigningRequest, signingRequests, starts } from "@countersign/repository/signing-request";
import { decode } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** Govern, as publish sees it: it knows what is signed, and says when it may be shown. */
export interface Govern {
  signedRequests(): Promise<Outcome<readonly SigningRequest[]>>;
  /** Whether a request may be shown now: what starts something takes a grant, of which a use is counted; a renewal, and what only stops, takes none. */
  mayShow(request: SigningRequest): Promise<Outcome<unknown>>;
  /** Tells that it is shown. */
  published(request: SigningRequest): Promise<Outcome<unknown>>;
}

/** Govern at this URL, with the grants of publish's identities. */
export function governAt(url: string, grants: GrantSource): Govern {
  return {
    signedRequests: async () => {
      const answer = await request(`${url}/requests?state=signed`, {}, (json) => decode(signingRequests, json, "govern's requests"));
      return answer.ok ? accept(answer.value.requests) : answer;
    },
    mayShow: async (signed) => {
      const { id, channel, added } = signed;
      if (added === null || !starts(signed)) return accept(undefined);
      const granted = await grants.grantFor({ duty: "publish", channel, digest: added, uses: 1 });
      if (!granted.ok) return granted;
      const at = `${url}/requests/${id}/publications`;
      return request(at, { method: "POST", headers: await grants.headersFor(granted.value, "POST", at) }, accept);
    },
    published: ({ id }) => request(`${url}/requests/${id}/published`, { method: "POST" }, accept),
  };
}
