// SPDX-License-Identifier: Apache-2.0
import { type Root, root, type TopRole } from "@countersign/trust/anchor/root";
import { channelPattern, type Targets, type TargetsDocument, targets } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import type { PublicKey } from "@countersign/trust/key";
import { dutyKeyOf, type Policy, policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { sidecarChecks, sidecarPath } from "@countersign/trust/sidecar";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import type { Read } from "@countersign/trust/workflow/step";
import { sidecarBytes, signSidecar } from "./sidecar.ts";
import { documentBytes, type SigningKey, signDocument } from "./sign-document.ts";
import { SPEC_VERSION } from "./spec-version.ts";
import { targetFileOf, targetStorePath } from "./target-path.ts";

/** A key of a top-level role, with the one person or team that answers for it. */
export interface OwnedKey {
  readonly keyid: string;
  readonly tuf: PublicKey;
  readonly owner: string;
}

/** An owned key that is at hand, as custody opens it. */
export interface OwnedSigner extends OwnedKey, SigningKey {}

export interface Quorum<K> {
  readonly keys: readonly K[];
  readonly threshold: number;
}

/** Everything that the owners of a new repository agree on before its first file exists. Dates as TUF writes them. */
export interface FoundingPlan {
  readonly expires: { readonly root: string; readonly targets: string };
  /** Root and targets keys sign here and then go offline; snapshot and timestamp keys are publish's, and only named. */
  readonly roles: {
    readonly root: Quorum<OwnedSigner>;
    readonly targets: Quorum<OwnedSigner>;
    readonly snapshot: Quorum<OwnedKey>;
    readonly timestamp: Quorum<OwnedKey>;
  };
  readonly log: { readonly origin: string; readonly vkey: string };
  /** vkeys of the witnesses. */
  readonly witnesses: readonly string[];
  readonly witnessQuorum: number;
  readonly policy: Policy;
  /** ML-DSA keys of those whose signatures the policy demands on targets. */
  readonly sidecarKeys?: readonly SigningKey[];
  /** Which keys sign for each channel of the policy; they stand among its holders. */
  readonly signers: Readonly<Record<string, { readonly keyids: readonly string[]; readonly threshold: number }>>;
}

/** A founded repository, read back with the readers that devices use. */
export interface Founding {
  readonly root: Envelope<Root>;
  readonly targets: Envelope<Targets>;
  readonly policy: Policy;
  /** Store path to bytes: `metadata/1.root.json` (the anchor of every verifier), `metadata/1.targets.json`, `targets/<sha256>.policy.json`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Builds and signs the first root, targets and policy. It refuses a plan that a device would: quorums that cannot be filled, keys
 * that nobody holds, channels without signers. Publish makes the first snapshot and timestamp, once these files are in the ledger.
 */
export async function foundRepository(plan: FoundingPlan): Promise<Outcome<Founding>> {
  const trusted = decode(policy, plan.policy, "the policy of the plan");
  if (!trusted.ok) return trusted;
  const stranger = strangerIn(plan);
  if (stranger !== undefined)
    return refuse("plan-incomplete", "signers that the policy knows for each of its channels", stranger, "Complete the plan.");

  const policyBytes = servedBytes(plan.policy);
  const rootBytes = await signedBytes(rootOf(plan), plan.roles.root.keys);
  const targetsBytes = await signedBytes(targetsOf(plan, policyBytes), plan.roles.targets.keys);
  const readRoot = readEnvelope(root, rootBytes, "1.root.json");
  if (!readRoot.ok) return readRoot;
  const readTargets = readEnvelope(targets, targetsBytes, "1.targets.json");
  if (!readTargets.ok) return readTargets;

  const files = new Map([
    ["metadata/1.root.json", rootBytes],
    ["metadata/1.targets.json", targetsBytes],
    [targetStorePath("policy.json", sha256(policyBytes)), policyBytes],
  ]);
  const { postQuantum } = trusted.value;
  if (postQuantum !== undefined && plan.sidecarKeys !== undefined && plan.sidecarKeys.length > 0)
    files.set(
      sidecarPath(readTargets.value.digest),
      sidecarBytes(await signSidecar(postQuantum.repository, "targets", readTargets.value, plan.sidecarKeys)),
    );
  const read: Read = async (path) => accept(files.get(path));
  const demanded = await sidecarStep("targets", readTargets.value, [trusted.value], read, sidecarChecks);
  if (!demanded.outcome.ok) return demanded.outcome;
  return accept({ root: readRoot.value, targets: readTargets.value, policy: trusted.value, files });
}

/** A channel or a key that stands in one half of the plan only. */
function strangerIn({ policy: { channels, holders }, signers }: FoundingPlan): string | undefined {
  const unsigned = Object.keys(channels).find((channel) => signers[channel] === undefined);
  if (unsigned !== undefined) return `no signers for ${unsigned}`;
  for (const [channel, { keyids }] of Object.entries(signers)) {
    if (channels[channel] === undefined) return `signers for ${channel}, which the policy does not have`;
    const keyid = keyids.find((candidate) => holders[candidate] === undefined);
    if (keyid !== undefined) return `the signer ${keyid} of ${channel}, whom nobody holds`;
  }
  return undefined;
}

/** TUF 4.3. Verifier keys are written as the lines that they are. */
function rootOf({ expires, roles, log, witnesses, witnessQuorum }: FoundingPlan): unknown {
  const keys = Object.values(roles).flatMap((role): readonly OwnedKey[] => role.keys);
  const named = (role: TopRole) => ({ keyids: roles[role].keys.map(({ keyid }) => keyid), threshold: roles[role].threshold });
  return {
    _type: "root",
    spec_version: SPEC_VERSION,
    version: 1,
    expires: expires.root,
    consistent_snapshot: true,
    keys: Object.fromEntries(keys.map(({ keyid, tuf }) => [keyid, tuf])),
    roles: { root: named("root"), timestamp: named("timestamp"), snapshot: named("snapshot"), targets: named("targets") },
    countersign: { owners: Object.fromEntries(keys.map(({ keyid, owner }) => [keyid, owner])), log, witnesses, witnessQuorum },
  };
}

/** TUF 4.5: the policy as a target, and each channel as a terminating delegation over its own paths. */
function targetsOf({ expires, policy, signers }: FoundingPlan, policyBytes: Uint8Array): TargetsDocument {
  const channels = Object.entries(signers);
  const keyids = [...new Set(channels.flatMap(([, role]) => role.keyids))];
  return {
    _type: "targets",
    spec_version: SPEC_VERSION,
    version: 1,
    expires: expires.targets,
    targets: { "policy.json": targetFileOf(policyBytes) },
    delegations: {
      keys: Object.fromEntries(keyids.flatMap((keyid) => entryOf(keyid, dutyKeyOf(policy, keyid)))),
      roles: channels.map(([name, role]) => ({
        name,
        keyids: role.keyids,
        threshold: role.threshold,
        terminating: true,
        paths: [channelPattern(name)],
      })),
    },
  };
}

async function signedBytes<T>(signed: T, keys: readonly OwnedSigner[]): Promise<Uint8Array> {
  return documentBytes(await signDocument(signed, keys));
}

function entryOf<T>(name: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[name, value]];
}
