// SPDX-License-Identifier: Apache-2.0
import type { SigningKey } from "@countersign/repository/sign-document";
import type { Json } from "@countersign/trust/canonical";
import { array, type Decoder, integer, json, literal, nullable, open, text } from "@countersign/trust/decode";
import type { Outcome } from "@countersign/trust/refusal";
import { ask } from "./ask.ts";
import { type Deed, signAct } from "./personal-act.ts";

/** An identity as govern shows it. */
export interface RegisteredIdentity {
  readonly name: string;
  readonly component: string;
  readonly purpose: string;
  readonly owner: string;
  readonly deputy: string;
  readonly duties: readonly string[];
  readonly channel: string;
  /** Exactly whose token, or which certificate, speaks for it. */
  readonly pin: Json;
  readonly keyid: string | null;
  readonly maxSeconds: number;
  readonly reviewBy: string;
  readonly status: "active" | "suspended" | "retired";
}

/** What people do to an identity, and the route that takes it. */
const routes = {
  "identity.register": "/identities",
  "identity.suspend": "/identities/suspensions",
  "identity.retire": "/identities/retirements",
  "identity.renew": "/identities/renewals",
} as const;

/** The register of govern, as people ask it. It shows what it wants to; `countersign govern verify` looks behind that. */
export interface RegisterClient {
  list(): Promise<Outcome<readonly RegisteredIdentity[]>>;
  show(name: string): Promise<Outcome<RegisteredIdentity>>;
  /** Signs an act with a person's key, and sends it. */
  act(key: SigningKey, deed: Deed & { readonly act: keyof typeof routes }): Promise<Outcome<RegisteredIdentity>>;
}

const registered: Decoder<RegisteredIdentity> = open<RegisteredIdentity>({
  name: text,
  component: text,
  purpose: text,
  owner: text,
  deputy: text,
  duties: array(text),
  channel: text,
  pin: json,
  keyid: nullable(text),
  maxSeconds: integer(1),
  reviewBy: text,
  status: literal("active", "suspended", "retired"),
});

const list = open({ identities: array(registered) });

export function registerClient(url: string): RegisterClient {
  return {
    async list() {
      const answer = await ask(`${url}/identities`, list);
      return answer.ok ? { ok: true, value: answer.value.identities } : answer;
    },
    show: (name) => ask(`${url}/identities/${encodeURIComponent(name)}`, registered),
    act: async (key, deed) => ask(`${url}${routes[deed.act]}`, registered, await signAct(key, deed)),
  };
}
