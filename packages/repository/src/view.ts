// SPDX-License-Identifier: Apache-2.0
import { type Root, root, topAuthority } from "@countersign/trust/anchor/root";
import { snapshotChecks } from "@countersign/trust/anchor/snapshot";
import {
  channelAuthority,
  type Targets,
  type TargetsDocument,
  targets,
  targetsChecks,
  targetsDocumentOf,
} from "@countersign/trust/anchor/targets";
import type { Timestamp } from "@countersign/trust/anchor/timestamp";
import type { Digest } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type ClaimedCheckpoint, type LedgerTrust, ledgerTrust, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { type Policy, principalOf } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { sidecarChecks } from "@countersign/trust/sidecar";
import type { MetaFile } from "@countersign/trust/tuf/meta";
import { type SnapshotDocument, snapshot, snapshotDocumentOf } from "@countersign/trust/tuf/snapshot";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { nextPolicy, policyChecks } from "@countersign/trust/workflow/policy";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import type { Read, Step } from "@countersign/trust/workflow/step";
import { nextTimestamp, timestampRules } from "@countersign/trust/workflow/timestamp";
import { type ChannelFile, standingChecks } from "./delegator.ts";

/** A whole repository, verified from an embedded root down, at one moment. It remembers nothing: duties that must not go back keep their own record. */
export interface RepositoryView {
  readonly root: Envelope<Root>;
  readonly ledger: LedgerTrust;
  readonly timestamp: Envelope<Timestamp>;
  readonly checkpoint: ClaimedCheckpoint;
  /** Witnessed time, Unix seconds. */
  readonly time: number;
  readonly snapshot: Envelope<SnapshotDocument>;
  readonly targets: Envelope<TargetsDocument>;
  readonly policy: Policy;
  readonly policyDigest: Digest;
  /** Channels that have a file; one that was delegated but never released to is absent. */
  readonly channels: ReadonlyMap<string, ChannelFile>;
}

/** Opens a repository as a stranger would: gates 1 to 5 with no memory, but for the age of channel files. `now` is Unix milliseconds. */
export async function openRepository(read: Read, anchor: Uint8Array, now: number): Promise<Outcome<RepositoryView>> {
  const embedded = readEnvelope(root, anchor, "embedded root");
  if (!embedded.ok) return embedded;
  const chain = await nextRoots(embedded.value, read, rootChainChecks);
  if (!chain.outcome.ok) return chain.outcome;
  const newest: Envelope<Root> = chain.outcome.value.at(-1) ?? embedded.value;

  const dated = await nextTimestamp({ root: newest.signed, stored: undefined, remembered: undefined, now }, read, timestampRules);
  if (!dated.outcome.ok) return dated.outcome;
  const { timestamp, checkpoint } = dated.outcome.value;
  const ownerOf = (keyid: string): string | undefined => newest.signed.countersign.owners[keyid];

  const listing = await nextListedRole(
    {
      role: "snapshot",
      decoder: snapshot,
      authority: topAuthority(newest.signed, "snapshot"),
      ownerOf,
      stored: undefined,
      entry: accept(timestamp.signed.meta["snapshot.json"]),
      now,
    },
    read,
    snapshotChecks,
  );
  if (!listing.outcome.ok) return listing.outcome;
  const { meta } = listing.outcome.value.signed;

  const top = await nextListedRole(
    {
      role: "targets",
      decoder: targets,
      authority: topAuthority(newest.signed, "targets"),
      ownerOf,
      stored: undefined,
      entry: meta.get("targets.json"),
      now,
    },
    read,
    targetsChecks,
  );
  if (!top.outcome.ok) return top.outcome;
  const rules = await nextPolicy(top.outcome.value.signed, undefined, read, policyChecks);
  if (!rules.outcome.ok) return rules.outcome;
  const { policy, digest: policyDigest } = rules.outcome.value;
  const topSidecar = await sidecarStep("targets", top.outcome.value, [policy], read, sidecarChecks);
  if (!topSidecar.outcome.ok) return topSidecar.outcome;

  const channels = new Map<string, ChannelFile>();
  for (const channel of Object.keys(policy.channels)) {
    const entry = meta.get(`${channel}.json`);
    if (entry.ok && entry.value === undefined) continue;
    const file = await openChannel(channel, top.outcome.value.signed, policy, entry, read, now);
    if (!file.outcome.ok) return file.outcome;
    const sidecar = await sidecarStep(channel, file.outcome.value, [policy], read, sidecarChecks);
    if (!sidecar.outcome.ok) return sidecar.outcome;
    const document = targetsDocumentOf(file.outcome.value.signed);
    if (!document.ok) return document;
    channels.set(channel, { ...file.outcome.value, signed: document.value, sidecar: sidecar.outcome.value });
  }
  const listedRoles = snapshotDocumentOf(listing.outcome.value.signed);
  if (!listedRoles.ok) return listedRoles;
  const listedTargets = targetsDocumentOf(top.outcome.value.signed);
  if (!listedTargets.ok) return listedTargets;
  const ledger = ledgerTrust(newest.signed);
  return accept({
    root: newest,
    ledger,
    timestamp,
    checkpoint,
    time: witnessedTime(checkpoint, ledger.quorum),
    snapshot: { ...listing.outcome.value, signed: listedRoles.value },
    targets: { ...top.outcome.value, signed: listedTargets.value },
    policy,
    policyDigest,
    channels,
  });
}

function openChannel(
  channel: string,
  top: Targets,
  policy: Policy,
  entry: Outcome<MetaFile | undefined>,
  read: Read,
  now: number,
): Promise<Step<Envelope<Targets>>> {
  const authority = channelAuthority(top, channel) ?? { keys: {}, keyids: [], threshold: 1, paths: [] };
  return nextListedRole(
    { role: channel, decoder: targets, authority, ownerOf: (keyid) => principalOf(policy, keyid), stored: undefined, entry, now },
    read,
    standingChecks,
  );
}
