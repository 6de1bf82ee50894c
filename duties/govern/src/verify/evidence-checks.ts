// SPDX-License-Identifier: Apache-2.0
import { personalAct } from "@countersign/release/personal-act";
import { channelAuthority, targetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalBytes } from "@countersign/trust/canonical";
import { type Check, decide } from "@countersign/trust/check";
import { decode, decodeBytes } from "@countersign/trust/decode";
import { type Envelope, envelope } from "@countersign/trust/envelope";
import { verifySignature } from "@countersign/trust/key";
import { sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { signersOf } from "@countersign/trust/quorum";
import { approval } from "@countersign/trust/release/approval";
import { sidecarSigners } from "@countersign/trust/sidecar";
import { kinds } from "../act-kinds.ts";
import type { PublicFacts } from "./public-facts.ts";
import type { GovernRecord } from "./record.ts";
import type { RecordSubject } from "./record-checks.ts";

type ActRow = GovernRecord["acts"][number];

const remedy = "Somebody made this up: keep the database as evidence, and take nothing on its word.";

/** What verifies again the signed documents that acts came about by, under keys that the owners published. */
export const evidenceChecks: readonly Check<RecordSubject>[] = [
  {
    name: "record/people",
    source: "no act of a person without that person's signature over exactly this",
    examine: ({ candidate: { acts }, facts }) => report(acts, (act) => personalFault(act, facts), "signed acts of people"),
  },
  {
    name: "record/approvals",
    source: "no proposal or approval without its signature",
    examine: ({ candidate: { acts }, facts }) => report(acts, (act) => approvalFault(act, facts), "signed proposals and approvals"),
  },
  {
    name: "record/signatures",
    source: "no signature of a channel file that is none",
    examine: ({ candidate, facts }) => {
      const files = new Map((candidate.tables["requests"] ?? []).map(({ id, channel, channelFile }) => [id, { channel, channelFile }]));
      return report(candidate.acts, (act) => signatureFault(act, files.get(act.subject), facts), "signatures of channel files");
    },
  },
];

function report(acts: readonly ActRow[], faultOf: (act: ActRow) => string | undefined, what: string): ReturnType<typeof decide> {
  const faults = acts.flatMap((act) => {
    const fault = faultOf(act);
    return fault === undefined ? [] : [`act ${act.number} (${act.act} of ${act.subject}): ${fault}`];
  });
  const found = faults.length === 0 ? "all verify" : faults.join("; ").slice(0, 2000);
  return decide(faults.length === 0, `${what} that verify`, found, "evidence-refused", remedy);
}

/** How long a document may have been on its way; with the second that it is cut down to. */
const OLDEST_MS = 10 * 60_000 + 1000;

function personalFault(act: ActRow, facts: PublicFacts): string | undefined {
  const body = bodyOf(act);
  if (body === undefined) return "it holds nothing that its kind reads";
  const isSigned = kinds.get(act.act)?.isSigned;
  const { evidence } = body;
  if (evidence === undefined)
    return isSigned === undefined || isSigned({ subject: act.subject, body: body as never }, undefined) ? undefined : "nobody signed it";
  const read = decode(envelope(personalAct), evidence, "the evidence");
  if (!read.ok) return read.refusal.found;
  const document = read.value.signed;
  const signer = signerIn(read.value, facts, true);
  if (signer !== act.who) return `${act.who} did it, and ${signer ?? "nobody"} signed it`;
  if (Math.abs(Date.parse(act.time) - Date.parse(document.time)) > OLDEST_MS) return `it was signed at ${document.time}`;
  const follows = isSigned?.({ subject: act.subject, body: body as never }, document);
  return follows !== false ? undefined : `what was signed is ${document.act} of ${document.subject}, with another body or subject`;
}

function approvalFault(act: ActRow, facts: PublicFacts): string | undefined {
  const document = bodyOf(act)?.["approval"];
  if (document === undefined) return undefined;
  const read = decode(envelope(approval), document, "the approval");
  if (!read.ok) return read.refusal.found;
  const { decision, digest } = read.value.signed;
  const expected = act.act === "proposal.proposed" ? "propose" : "approve";
  if (decision !== expected || digest !== act.subject) return `what was signed is ${decision} ${digest}`;
  const signer = signerIn(read.value, facts, false);
  return signer === act.who ? undefined : `${act.who} did it, and ${signer ?? "nobody"} signed it`;
}

interface File {
  readonly channel: unknown;
  readonly channelFile: unknown;
}

function signatureFault(act: ActRow, file: File | undefined, { delegators }: PublicFacts): string | undefined {
  if (act.act !== "signature.counted") return undefined;
  const body = bodyOf(act) as { readonly keyid: string; readonly sig: string } | undefined;
  if (body === undefined) return "it holds no signature";
  const { keyid, sig } = body;
  const document = decodeBytes(targetsDocument, Buffer.from(String(file?.channelFile ?? "")), "the channel file");
  if (!document.ok) return "of no request";
  const message = canonicalBytes(document.value);
  const verified = delegators.some(({ targets, policy }) => {
    const channel = String(file?.channel);
    const signatures = [{ keyid, sig }];
    const authority = channelAuthority(targets.signed, channel);
    const demand = sidecarDemand(policy, channel);
    return (
      (authority !== undefined && signersOf({ message, signatures }, authority).length > 0) ||
      (demand !== undefined && sidecarSigners(channel, { message }, signatures, demand).length > 0)
    );
  });
  return verified ? undefined : `no key ${keyid.slice(0, 8)} of a channel made it`;
}

/** The name under which some published policy has the key that signed this; of a person only, where that is asked. */
function signerIn({ signatures, message }: Envelope<unknown>, { delegators }: PublicFacts, person: boolean): string | undefined {
  const [signature] = signatures;
  if (signature === undefined || signatures.length !== 1) return undefined;
  const holders = delegators.flatMap(({ policy }) => policy.holders[signature.keyid] ?? []);
  const holder = holders.find(({ holder, owner }) => !person || holder === owner);
  return holder !== undefined && verifySignature(holder.key, message, signature.sig) ? holder.holder : undefined;
}

/** What an act holds; undefined where its kind cannot read that. */
function bodyOf({ act, body }: ActRow): Readonly<Record<string, unknown>> | undefined {
  try {
    const read = kinds.get(act)?.body.safeParse(JSON.parse(body));
    return read?.success === true ? { ...(read.data as object) } : undefined;
  } catch {
    return undefined; // no JSON
  }
}
