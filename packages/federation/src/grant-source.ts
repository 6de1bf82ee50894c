// SPDX-License-Identifier: Apache-2.0
import { array, decode, nullable, open, text } from "@countersign/trust/decode";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { fetchBounded } from "./bounded-fetch.ts";
import { makeAssertion } from "./certificate-assertion.ts";
import type { GrantDetails } from "./details.ts";
import { type ProofKey, proofKey } from "./dpop.ts";
import { exchangeToken, type Granted, grantHeaders, type Surroundings } from "./exchange.ts";
import type { TokenSigner } from "./jws.ts";

/** What a grant is asked for; the window is found. */
export type Errand = Omit<GrantDetails, "type" | "window">;

/** Where a job or a daemon gets its grants. */
export interface GrantSource {
  /** A grant for one errand, in an open window of its channel that has room for it. */
  grantFor(errand: Errand): Promise<Outcome<Granted>>;
  /** Headers for one request under it. */
  headersFor(granted: Granted, method: string, url: string): Promise<Readonly<Record<"authorization" | "dpop", string>>>;
}

/** Whose grants, and of whom. */
export interface GrantClient {
  /** URL of govern. */
  readonly govern: string;
  readonly identity: string;
  /** The resource server that takes the grants; govern itself, if not told. */
  readonly audience?: string;
}

/** How an identity proves itself: by a token that its platform issues for each job, or by a certificate's key. */
export type Proof =
  | { readonly subject: "token"; token(): Promise<Outcome<string>> }
  | {
      readonly subject: "certificate";
      /** In DER. */
      readonly certificate: Uint8Array;
      readonly signer: TokenSigner;
      /** The name under which govern knows itself. */
      readonly issuer: string;
      readonly renewal: RenewalStore;
    };

/** Keeps what govern gave a daemon to show next time: whoever copied its key does not have it. Durable before `keep` resolves. */
export interface RenewalStore {
  read(): Promise<string | undefined>;
  keep(renewal: string): Promise<void>;
}

const windows = open({
  windows: array(
    open<{ readonly id: string; readonly channel: string; readonly state: string; readonly ends: string | null }>({
      id: text,
      channel: text,
      state: text,
      ends: nullable(text),
    }),
  ),
});

/** A source of grants, each bound to a key that this process makes for itself. One errand at a time: a daemon's renewals come in order. */
export function grantSource(client: GrantClient, proof: Proof, around: Surroundings): GrantSource {
  let key: Promise<ProofKey> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const inWindow = async (window: string, errand: Errand): Promise<Outcome<Granted>> => {
    key ??= proofKey();
    const subjectToken = await proven(client, proof, around);
    if (!subjectToken.ok) return subjectToken;
    const { govern, identity, audience } = client;
    const details: GrantDetails = { type: "countersign", window, ...errand };
    const subject = { subject: proof.subject, subjectToken: subjectToken.value };
    const granted = await exchangeToken({ url: `${govern}/token`, identity, ...subject, audience, details, key: await key }, around);
    if (granted.ok && granted.value.renewal !== undefined && proof.subject === "certificate")
      await proof.renewal.keep(granted.value.renewal);
    return granted;
  };
  const one = async (errand: Errand): Promise<Outcome<Granted>> => {
    const windows = await openWindows(client, errand.channel, around);
    if (!windows.ok) return windows;
    for (const window of windows.value) {
      const granted = await inWindow(window, errand);
      if (granted.ok || granted.refusal.code !== "window-spent" || window === windows.value.at(-1)) return granted;
    }
    return refuse(
      "window-not-open",
      `an open window for ${errand.channel}`,
      "none",
      `Have one opened: countersign window open --channel ${errand.channel} --as NAME --reason TEXT`,
    );
  };
  return {
    grantFor: (errand) => {
      const next = last.then(() => one(errand));
      last = next.catch(() => undefined); // whoever asked hears of it
      return next;
    },
    headersFor: (granted, method, url) => grantHeaders(granted, { method, url }, around),
  };
}

async function proven({ identity }: GrantClient, proof: Proof, { now, id }: Surroundings): Promise<Outcome<string>> {
  if (proof.subject === "token") return proof.token();
  const { certificate, signer, issuer: audience, renewal } = proof;
  return accept(await makeAssertion({ identity, audience, certificate, renewal: await renewal.read() }, signer, id(), now()));
}

/** The windows of a channel that are open, those that stay open longest first: one that is spent leaves the others. */
async function openWindows({ govern }: GrantClient, channel: string, { fetch, now }: Surroundings): Promise<Outcome<readonly string[]>> {
  const answer = await fetchBounded(fetch, `${govern}/windows`, {});
  if (!answer.ok) return answer;
  const json = parseJson(answer.value.bytes, defaultLimits);
  const read = json.ok ? decode(windows, json.value, "govern's windows") : json;
  if (!read.ok) return read;
  const open = read.value.windows.filter(
    (each) => each.channel === channel && each.state === "open" && Date.parse(each.ends ?? "") > now(),
  );
  return accept(open.sort((a, b) => Date.parse(b.ends ?? "") - Date.parse(a.ends ?? "")).map(({ id }) => id));
}
