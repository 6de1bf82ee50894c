// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import { recordPath } from "@countersign/custody/place";
import { counted } from "@countersign/custody/record/counted";
import { type KeyFacts, newRecord } from "@countersign/custody/record/key-record";
import { RecordFile } from "@countersign/custody/record/record-file";
import type { Holding, Plan } from "./plan.ts";
import { sidecarHolders } from "./post-quantum.ts";
import { dutyDirectory, keyIn, type Project, personDirectory } from "./project.ts";

/** What signs on and on by itself, and what only when somebody releases, or changes what is trusted. */
const limits = { online: 50_000_000, releases: 100_000, people: 10_000, ceremonies: 1000 } as const;

/** Keeps a record beside a key that was just made in this directory, and answers the key as it counts there. */
export function recordKey(directory: string, key: CustodyKey, facts: KeyFacts): CustodyKey {
  const record = RecordFile.create(recordPath(keyIn(directory).keyFile), newRecord(key, facts, Date.now()));
  const kept = record.ok ? counted(key, record.value, Date.now) : record;
  if (!kept.ok) throw new Error(`${directory}: ${kept.refusal.expected}, found ${kept.refusal.found}`);
  return kept.value;
}

/** Says in the record of the key in this directory which key takes its place. */
export function recordSuccessor(directory: string, keyid: string): void {
  const record = RecordFile.open(recordPath(keyIn(directory).keyFile));
  const named = record.ok ? record.value.succeededBy(keyid) : record;
  if (record.ok) record.value.close();
  if (!named.ok) throw new Error(`${directory}: ${named.refusal.expected}, found ${named.refusal.found}`);
}

/** A record for every key of a plan, by its holder. */
export function recordKeys(project: Project, keys: ReadonlyMap<string, CustodyKey>): ReadonlyMap<string, CustodyKey> {
  const { plan } = project;
  const facts = new Map(factsOf(plan));
  return new Map(
    [...keys].map(([holder, key]) => {
      const directory = plan.people.includes(holder) ? personDirectory(project, holder) : dutyDirectory(project, holder);
      return [
        holder,
        recordKey(directory, key, facts.get(holder) ?? { owner: plan.publish.owner, purpose: holder, limit: limits.releases }),
      ];
    }),
  );
}

function factsOf(plan: Plan): readonly (readonly [string, KeyFacts])[] {
  const { channel, product, publish } = plan;
  const each = (holdings: readonly Holding[], purpose: string, limit: number) =>
    holdings.map(({ holder, owner }) => [holder, { owner, purpose, limit }] as const);
  const own = (holder: string): Holding => ({ holder, owner: publish.owner });
  return [
    ...each(plan.root.holders, "sign root", limits.ceremonies),
    ...each(plan.targets.holders, "sign targets and policy", limits.ceremonies),
    ...each(sidecarHolders(plan), `sign sidecars of ${channel} or targets`, limits.releases),
    ...each(plan.signers.holders, `sign ${channel}`, limits.releases),
    ...each([plan.proposer], `propose releases of ${product}`, limits.releases),
    ...each(plan.builders, `attest builds of ${product}`, limits.releases),
    ...each(plan.revokers, "sign a revocation list", limits.online),
    ...each(plan.monitors, "sign a read-through", limits.online),
    ...each(plan.witnesses, "cosign checkpoints", limits.online),
    ...each([own("publish-snapshot")], "sign snapshot", limits.online),
    ...each([own("publish-timestamp")], "sign timestamp", limits.online),
    ...each([own("govern")], "issue grants", limits.online),
    ...each([own("ledger")], "sign the log's checkpoints", limits.online),
    ...plan.people.map((person) => [person, { owner: person, purpose: "approve, order and revoke", limit: limits.people }] as const),
  ];
}
