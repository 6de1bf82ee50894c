// SPDX-License-Identifier: Apache-2.0
import { type PersonalAct, personalAct } from "@countersign/release/personal-act";
import { canonicalDigest, canonicalText, type Json } from "@countersign/trust/canonical";
import { decode, open } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { type Envelope, envelope } from "@countersign/trust/envelope";
import { verifySignature } from "@countersign/trust/key";
import type { Policy } from "@countersign/trust/policy/policy";
import { requested } from "./act-bodies.ts";
import type { Act } from "./act-body.ts";
import type { HeardAct } from "./announced.ts";

/** What people sign so that an act comes of it. Everything else govern may say by itself: it opens nothing. */
const signedAs: Readonly<Record<string, string>> = {
  "window.requested": "window.request",
  "window.opened": "window.approve",
  "break-glass.called": "break-glass.call",
};

/**
 * Why an act that opens a window, or leads to one, is not the word of the people whom it names: govern could have made it up. Empty where it is theirs, and for acts
 * that open nothing. `earlier`: the acts that were heard before.
 */
export function faultOf(act: Act, policy: Policy, earlier: readonly HeardAct[]): string {
  const kind = signedAs[act.act];
  if (kind === undefined) return "";
  const document = signedIn(act.body);
  if (document === undefined) return "nobody signed it";
  const [signature] = document.signatures;
  const holder = policy.holders[signature?.keyid ?? ""];
  if (holder === undefined || holder.holder !== holder.owner || holder.holder !== act.who)
    return `it is not signed by ${act.who}, a person of the policy`;
  if (!verifySignature(holder.key, document.message, signature?.sig ?? "")) return `the signature of ${act.who} does not verify`;
  const { signed } = document;
  if (signed.act !== kind) return `what was signed is ${signed.act}`;
  if (act.act === "window.opened") return openingFault(act, signed, policy, earlier);
  return act.act === "window.requested" ? requestFault(act, signed) : callFault(act, signed);
}

function requestFault({ subject, body }: Act, signed: PersonalAct): string {
  const read = decode(requested, body, "a request");
  const same = read.ok && signed.subject === read.value.channel && canonicalText(signed.body) === canonicalText({ ...read.value.asked });
  return same && subject === `w-${nameOf(signed)}` ? "" : "what was signed is another request";
}

function callFault({ subject, body }: Act, signed: PersonalAct): string {
  const said = decode(open({ release: anything, reason: anything, seconds: anything }), body, "a call");
  return said.ok && signed.subject === subject && canonicalText(signed.body) === canonicalText(said.value)
    ? ""
    : "what was signed is another call";
}

function openingFault({ subject, who }: Act, signed: PersonalAct, policy: Policy, earlier: readonly HeardAct[]): string {
  if (signed.subject !== subject) return "what was signed is for another window";
  const request = earlier.find(({ act }) => act.act === "window.requested" && act.subject === subject);
  const body = request === undefined || request.fault !== "" ? undefined : decode(requested, request.act.body, "a request");
  if (request === undefined || body?.ok !== true) return "nobody asked for this window";
  const approvers = policy.channels[body.value.channel]?.approvers ?? [];
  if (!approvers.some((keyid) => policy.holders[keyid]?.holder === who)) return `${who} approves nothing for that channel`;
  return request.act.who === who && policy.separation === "owner" ? `${who} asked for it and opened it` : "";
}

/** The person's signed document in an act. */
export function signedIn(body: Json): Envelope<PersonalAct> | undefined {
  const read = decode(open({ evidence: envelope(personalAct) }), body, "the act");
  return read.ok ? read.value.evidence : undefined;
}

/** What follows `w-` or `b-` in the name of a window that this document asked for. */
export function nameOf(signed: PersonalAct): string {
  const digest: Digest = canonicalDigest(signed);
  return digest.slice(0, 16);
}

function anything(value: unknown): Json {
  return value as Json; // it was read as JSON
}
