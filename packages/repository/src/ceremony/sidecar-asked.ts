// SPDX-License-Identifier: Apache-2.0
import { type Targets, targets } from "@countersign/trust/anchor/targets";
import type { Json } from "@countersign/trust/canonical";
import { decode, decodeBytes, json } from "@countersign/trust/decode";
import { type Digest, sha256 } from "@countersign/trust/digest";
import type { Envelope } from "@countersign/trust/envelope";
import { type Policy, policy } from "@countersign/trust/policy/policy";
import { type SidecarDemand, sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { meetsDemand, sidecarSigners } from "@countersign/trust/sidecar";
import { isAnchor } from "./event-document.ts";
import type { QuorumState } from "./quorum-asked.ts";
import type { SigningEvent } from "./signing-event.ts";

/** ML-DSA signatures that a document has to have besides, and whose policy says so. */
export interface SidecarAsked {
  readonly saidBy: string;
  readonly demand: SidecarDemand;
}

/**
 * What the policies demand of a document (docs/sidecar.md): of new targets of ours the one that is listed before and the one that they list, of a channel's
 * file the one that the targets list which delegate it; of anything else none. A policy is the one that is listed by its digest, whoever put it in the event.
 */
export function sidecarsAsked({ role, document, previous, delegators, policies }: SigningEvent): Outcome<readonly SidecarAsked[]> {
  if (role === "root" || role === "snapshot" || !isAnchor(delegators[0]?.file.signed)) return accept([]);
  const listing = role === "targets" ? [previous, document] : [delegators[1]?.file];
  const asked: SidecarAsked[] = [];
  for (const file of listing) {
    const listed = file ? policyListed(file, policies) : undefined;
    if (listed?.ok === false) return listed;
    const demand = listed && sidecarDemand(listed.value, role);
    if (listed && demand) asked.push({ saidBy: `policy ${listed.value.version} (ML-DSA)`, demand });
  }
  return accept(asked);
}

/** Counts who signed the sidecar, for one policy. */
export function sidecarState({ role, document, sidecar }: SigningEvent, { saidBy, demand }: SidecarAsked): QuorumState {
  const signed = sidecarSigners(role, document, sidecar, demand);
  return { saidBy, authority: demand, ownerOf: demand.ownerOf, signed, filled: meetsDemand(signed, demand) };
}

/** The policy that targets of ours list, whole, to be read beside them; undefined where there is none in the event. */
export function policyBeside({ delegators, policies }: SigningEvent, file: Envelope<Json> | null): Json | undefined {
  if (file === null || !isAnchor(delegators[0]?.file.signed)) return undefined;
  const bytes = bytesListed(file, policies);
  const read = bytes.ok ? decodeBytes(json, bytes.value, "policy.json") : bytes;
  return read.ok ? read.value : undefined;
}

function policyListed(file: Envelope<Json>, policies: readonly string[]): Outcome<Policy> {
  const bytes = bytesListed(file, policies);
  return bytes.ok ? decodeBytes(policy, bytes.value, "policy.json") : bytes;
}

function bytesListed({ signed }: Envelope<Json>, policies: readonly string[]): Outcome<Uint8Array> {
  const digest = digestListed(decode(targets, signed, "targets"));
  if (!digest.ok) return digest;
  const bytes = policies.map((each) => Buffer.from(each)).find((each) => sha256(each) === digest.value);
  if (bytes !== undefined) return accept(bytes);
  return refuse(
    "policy-missing",
    `the policy that is listed, sha256 ${digest.value.slice(0, 12)}`,
    "not in the event",
    "Open the event with the policies that the targets list, before and after.",
  );
}

function digestListed(file: Outcome<Targets>): Outcome<Digest> {
  if (!file.ok) return file;
  const entry = file.value.targets.get("policy.json");
  if (!entry.ok) return entry;
  return entry.value === undefined
    ? refuse("policy-missing", "policy.json among the targets", "not listed", "Let the targets list their policy: devices want one.")
    : accept(entry.value.hashes.sha256);
}
