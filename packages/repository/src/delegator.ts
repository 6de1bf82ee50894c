// SPDX-License-Identifier: Apache-2.0
import { ownersIn, type Root, topAuthority } from "@countersign/trust/anchor/root";
import {
  channelAuthority,
  channelChecks,
  type TargetsDocument,
  targets,
  targetsChecks,
  targetsDocumentOf,
} from "@countersign/trust/anchor/targets";
import { judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { type Envelope, readEnvelope, type Signature } from "@countersign/trust/envelope";
import { defaultLimits } from "@countersign/trust/limits";
import { type Policy, principalOf } from "@countersign/trust/policy/policy";
import { sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import { meetsDemand, sidecarChecks, sidecarSigners } from "@countersign/trust/sidecar";
import { tableOf } from "@countersign/trust/table";
import { nextPolicy, policyChecks } from "@countersign/trust/workflow/policy";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import type { Read } from "@countersign/trust/workflow/step";

/** Whose signatures count for a channel: the targets file that delegates it, and the policy that this lists. */
export interface Delegator {
  readonly targets: Envelope<TargetsDocument>;
  readonly policy: Policy;
  readonly policyDigest: Digest;
}

export interface NewestDelegator extends Delegator {
  /** Why the newest file that is stored is not this one, if it is not: its owners may not have finished. */
  readonly passedOver: Refusal | undefined;
}

/**
 * The newest targets that the quorum of this root signed and the owners stored, one version after another, from `known` on; they may not be listed yet.
 * Expiry is not looked at. A quorum that the root has replaced has no say: then `known` counts only if the new one signed it, too.
 */
export async function newestDelegator(
  read: Read,
  root: Root,
  known: Envelope<TargetsDocument> | undefined,
): Promise<Outcome<NewestDelegator>> {
  let newest: Outcome<Delegator> | undefined = known && (await delegatorOf(known, root, read));
  let passedOver: Refusal | undefined;
  for (let version = (known?.signed.version ?? 0) + 1; ; version++) {
    const bytes = await read(`metadata/${version}.targets.json`, defaultLimits.targetsBytes);
    if (!bytes.ok) return bytes;
    if (bytes.value === undefined) break;
    const file = readVersion(bytes.value, version);
    const next = file.ok ? await delegatorOf(file.value, root, read) : file;
    if (next.ok || newest?.ok !== true) newest = next;
    passedOver = next.ok ? undefined : next.refusal;
  }
  if (newest === undefined)
    return refuse("missing-file", "metadata/1.targets.json", "no such file", "Let the targets quorum sign targets, and store them.");
  return newest.ok ? accept({ ...newest.value, passedOver }) : newest;
}

/**
 * Every targets file from the first on that the quorum of one of these roots signed, with the policy that it lists: whose signatures ever counted. Expiry is not
 * looked at. A version that none of them signed is passed over, and the first that is missing ends the list.
 */
export async function everyDelegator(read: Read, roots: readonly Root[]): Promise<Outcome<readonly Delegator[]>> {
  const found: Delegator[] = [];
  for (let version = 1; ; version++) {
    const bytes = await read(`metadata/${version}.targets.json`, defaultLimits.targetsBytes);
    if (!bytes.ok) return bytes;
    if (bytes.value === undefined) return accept(found);
    const file = readVersion(bytes.value, version);
    if (!file.ok) continue;
    for (const root of roots) {
      const delegator = await delegatorOf(file.value, root, read);
      if (!delegator.ok) continue;
      found.push(delegator.value);
      break;
    }
  }
}

function readVersion(bytes: Uint8Array, version: number): Outcome<Envelope<TargetsDocument>> {
  const file = readEnvelope(targets, bytes, `metadata/${version}.targets.json`, {
    ...defaultLimits,
    documentBytes: defaultLimits.targetsBytes,
  });
  if (!file.ok) return file;
  const document = targetsDocumentOf(file.value.signed);
  if (!document.ok) return document;
  const found = document.value.version;
  return found === version
    ? accept({ ...file.value, signed: document.value })
    : refuse("not-the-listed-file", `targets of version ${version}`, `version ${found}`, "Store it under its own name.");
}

async function delegatorOf(file: Envelope<TargetsDocument>, root: Root, read: Read): Promise<Outcome<Delegator>> {
  const candidate = { ...file, signed: { ...file.signed, targets: tableOf(file.signed.targets) } };
  const context = { authority: topAuthority(root, "targets"), ownerOf: ownersIn(root), stored: undefined, listed: undefined, now: 0 };
  const judged = judge({ ...context, candidate }, targetsChecks);
  if (!judged.outcome.ok) return judged.outcome;
  const rules = await nextPolicy(candidate.signed, undefined, read, policyChecks);
  if (!rules.outcome.ok) return rules.outcome;
  const sidecar = await sidecarStep("targets", file, [rules.outcome.value.policy], read, sidecarChecks);
  if (!sidecar.outcome.ok) return sidecar.outcome;
  return accept({ targets: file, policy: rules.outcome.value.policy, policyDigest: rules.outcome.value.digest });
}

/** A channel file, with the ML-DSA signatures that were served or made for it; absent where no policy demanded any. */
export interface ChannelFile extends Envelope<TargetsDocument> {
  readonly sidecar?: readonly Signature[];
}

/**
 * What a channel file must be whoever reads it and whenever. A duty reads one that has expired, too: its successor can only be made from it. Whether one is
 * still good enough to be installed from is for devices to judge, and they do.
 */
export const standingChecks: typeof channelChecks = channelChecks.filter(({ name }) => name !== "channel/expiry");

/**
 * Whether a channel file stands under a delegator: a quorum of the keys that it delegates to, of different owners, signed it, and so did those whose ML-DSA
 * signatures its policy demands.
 */
export function standsUnder(
  channel: string,
  file: ChannelFile,
  { targets, policy }: Pick<Delegator, "targets" | "policy">,
): Outcome<unknown> {
  const authority = channelAuthority(targets.signed, channel);
  if (authority === undefined)
    return refuse("channel-unknown", "a channel that targets delegates", channel, "Let the targets quorum add it.");
  const candidate = { ...file, signed: { ...file.signed, targets: tableOf(file.signed.targets) } };
  const ownerOf = (keyid: string): string | undefined => principalOf(policy, keyid);
  const { outcome } = judge({ candidate, authority, ownerOf, stored: undefined, listed: undefined, now: 0 }, standingChecks);
  const demand = sidecarDemand(policy, channel);
  if (!outcome.ok || demand === undefined || meetsDemand(sidecarSigners(channel, file, file.sidecar ?? [], demand), demand)) return outcome;
  return refuse("sidecar-threshold-not-met", `ML-DSA signatures of ${demand.threshold} owners`, "fewer", "Let the signers sign it anew.");
}
