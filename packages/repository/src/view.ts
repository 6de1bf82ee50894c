// SPDX-License-Identifier: Apache-2.0
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type ClaimedCheckpoint, type LedgerTrust, ledgerTrust, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { type Policy, principalOf } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Root, root, topAuthority } from "@countersign/trust/tuf/root";
import { type Snapshot, snapshot, snapshotChecks } from "@countersign/trust/tuf/snapshot";
import { channelAuthority, channelChecks, type Targets, targets, targetsChecks } from "@countersign/trust/tuf/targets";
import type { Timestamp } from "@countersign/trust/tuf/timestamp";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { nextPolicy, policyChecks } from "@countersign/trust/workflow/policy";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import type { Read, Step } from "@countersign/trust/workflow/step";
import { nextTimestamp, timestampRules } from "@countersign/trust/workflow/timestamp";

/** A whole repository, verified from an embedded root down, at one moment. It remembers nothing: duties that must not go back keep their own record. */
export interface RepositoryView {
  readonly root: Envelope<Root>;
  readonly ledger: LedgerTrust;
  readonly timestamp: Envelope<Timestamp>;
  readonly checkpoint: ClaimedCheckpoint;
  /** Witnessed time, Unix seconds. */
  readonly time: number;
  readonly snapshot: Envelope<Snapshot>;
  readonly targets: Envelope<Targets>;
  readonly policy: Policy;
  /** Channels that have a file; one that was delegated but never released to is absent. */
  readonly channels: ReadonlyMap<string, Envelope<Targets>>;
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
      listed: timestamp.signed.meta["snapshot.json"],
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
      listed: meta["targets.json"],
      now,
    },
    read,
    targetsChecks,
  );
  if (!top.outcome.ok) return top.outcome;
  const rules = await nextPolicy(top.outcome.value.signed, undefined, read, policyChecks);
  if (!rules.outcome.ok) return rules.outcome;
  const { policy } = rules.outcome.value;

  const channels = new Map<string, Envelope<Targets>>();
  for (const channel of Object.keys(policy.channels)) {
    if (meta[`${channel}.json`] === undefined) continue;
    const file = await openChannel(channel, top.outcome.value.signed, policy, meta[`${channel}.json`], read, now);
    if (!file.outcome.ok) return file.outcome;
    channels.set(channel, file.outcome.value);
  }
  const ledger = ledgerTrust(newest.signed);
  return accept({
    root: newest,
    ledger,
    timestamp,
    checkpoint,
    time: witnessedTime(checkpoint, ledger.quorum),
    snapshot: listing.outcome.value,
    targets: top.outcome.value,
    policy,
    channels,
  });
}

/**
 * A duty reads a channel file that has expired, too: its successor can only be made from it. Whether one is still good enough to be installed from
 * is for devices to judge, and they do.
 */
const standingChecks = channelChecks.filter(({ name }) => name !== "channel/expiry");

function openChannel(
  channel: string,
  top: Targets,
  policy: Policy,
  listed: Snapshot["meta"][string] | undefined,
  read: Read,
  now: number,
): Promise<Step<Envelope<Targets>>> {
  const authority = channelAuthority(top, channel) ?? { keys: {}, keyids: [], threshold: 1 };
  return nextListedRole(
    { role: channel, decoder: targets, authority, ownerOf: (keyid) => principalOf(policy, keyid), stored: undefined, listed, now },
    read,
    standingChecks,
  );
}
