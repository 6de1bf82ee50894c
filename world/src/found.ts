// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Algorithm } from "@countersign/custody/algorithm";
import { createUnattendedKey } from "@countersign/custody/encrypted-file";
import type { CustodyKey } from "@countersign/custody/key";
import { KeyRefused } from "@countersign/custody/outcome";
import { createKeyAt, type KeyPlace, recordPath } from "@countersign/custody/place";
import { writeReference } from "@countersign/custody/reference";
import { directoryStore } from "@countersign/repository/directory-store";
import { foundRepository, type OwnedSigner } from "@countersign/repository/founding";
import { cosignerVkey, rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { keyidOf } from "@countersign/trust/key";
import type { Policy } from "@countersign/trust/policy/policy";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { type ApproverKey, keepPasskey } from "./approver-key.ts";
import { recordKeys } from "./key-records.ts";
import { type Holding, type Plan, ruleOf } from "./plan.ts";
import { postQuantumOf, sidecarHolders } from "./post-quantum.ts";
import { anchorFile, dutyDirectory, keyIn, type Project, personDirectory, storeDirectory } from "./project.ts";

/** Where a holder's key is to be made, if not in a file. */
export type Elsewhere = (holder: string) => KeyPlace | undefined;

/** Keys of a project that are no files of it. */
export interface Hardware {
  readonly elsewhere?: Elsewhere;
  /** Who brings one approves with it alone, and keeps the file for the register and to say no. */
  readonly approverKeys?: readonly ApproverKey[];
}

/** The origin of a project's log, which is also the name of its key. */
export function logOrigin({ product }: Plan): string {
  return `${product}.countersign.example/log`;
}

/**
 * Founds a project in an empty directory: makes every key in its holder's own directory, then the first root, targets and policy, signed by
 * their quorums. The keys are files encrypted with a passphrase in a file beside them: development custody, and said so. What lives elsewhere is made there,
 * or was, and a reference or a public half stands in its stead.
 */
export async function foundWorld(
  directory: string,
  plan: Plan,
  { elsewhere = () => undefined, approverKeys = [] }: Hardware = {},
): Promise<Outcome<Project>> {
  const stranger = approverKeys.find(({ person }) => !plan.people.includes(person));
  if (stranger !== undefined)
    return refuse("unknown-person", plan.people.join(" or "), stranger.person, "Bring only keys of people who hold duties: --owner NAME");
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) return refuse("not-empty", "an empty directory", directory, "Name a new directory.");
  const project: Project = { directory, plan };
  const keys = recordKeys(project, await makeKeys(project, elsewhere));
  const founding = await foundRepository(foundingPlan(plan, keys, { elsewhere, approverKeys }));
  if (!founding.ok) return founding;
  const store = directoryStore(storeDirectory(project));
  for (const [path, bytes] of founding.value.files) await store.write(path, bytes);
  for (const { passkey } of approverKeys) if (passkey !== undefined) await keepPasskey(project, passkey);
  await writeFile(anchorFile(project), founding.value.root.bytes);
  await writeFile(join(directory, "countersign.json"), `${JSON.stringify(plan, null, 2)}\n`);
  return { ok: true, value: project };
}

/** Every key of a plan by its holder; people are holders too. */
type Keys = ReadonlyMap<string, CustodyKey>;

async function makeKeys(project: Project, elsewhere: Elsewhere): Promise<Keys> {
  const { plan } = project;
  const duties: readonly (readonly [Holding, Algorithm])[] = [
    ...[...plan.root.holders, ...plan.targets.holders].map((holding) => [holding, "ed25519"] as const),
    ...plan.signers.holders.map((holding) => [holding, "ecdsa-p256"] as const),
    ...sidecarHolders(plan).map((holding) => [holding, "ml-dsa-65"] as const),
    ...[plan.proposer, ...plan.builders, ...plan.revokers, ...plan.monitors, ...askers(plan), ...plan.witnesses].map(
      (holding) => [holding, "ed25519"] as const,
    ),
    ...["publish-snapshot", "publish-timestamp", "ledger"].map((holder) => [{ holder, owner: plan.publish.owner }, "ed25519"] as const),
    [{ holder: "govern", owner: plan.publish.owner }, "ecdsa-p256"],
  ];
  const made = await Promise.all([
    ...duties.map(
      async ([{ holder }, algorithm]) => [holder, await makeKey(dutyDirectory(project, holder), algorithm, elsewhere(holder))] as const,
    ),
    ...plan.people.map(async (person) => [person, await makeKey(personDirectory(project, person), "ed25519", elsewhere(person))] as const),
  ]);
  return new Map(made);
}

/** Makes a key in its holder's own directory, with the passphrase that unlocks it in a file beside it; or in `place`, with a reference to it there. */
export async function makeKey(directory: string, algorithm: Algorithm, place?: KeyPlace): Promise<CustodyKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = keyIn(directory);
  if (place !== undefined) {
    const made = await createKeyAt(place, algorithm);
    if (!made.ok) throw new KeyRefused(made.refusal);
    await writeReference(files.keyFile, { ...place, record: recordPath(files.keyFile) }, made.value);
    return made.value;
  }
  return createUnattendedKey(files, algorithm);
}

function foundingPlan(plan: Plan, keys: Keys, hardware: Required<Hardware>): Parameters<typeof foundRepository>[0] {
  const key = (holder: string): CustodyKey => {
    const found = keys.get(holder);
    if (found === undefined) throw new Error(`the plan has no key for ${holder}`);
    return found;
  };
  const owned = ({ holder, owner }: Holding): OwnedSigner => {
    const { keyid, tuf, sign } = key(holder);
    return { keyid, tuf, owner, sign };
  };
  const online = (holder: string) => ({ keys: [owned({ holder, owner: plan.publish.owner })], threshold: 1 });
  const origin = logOrigin(plan);
  return {
    expires: { root: inDays(400), targets: inDays(365) },
    roles: {
      root: { keys: plan.root.holders.map(owned), threshold: plan.root.threshold },
      targets: { keys: plan.targets.holders.map(owned), threshold: plan.targets.threshold },
      snapshot: online("publish-snapshot"),
      timestamp: online("publish-timestamp"),
    },
    log: { origin, vkey: formatVkey(origin, 1, rawPublicKey(key("ledger").publicKey)) },
    witnesses: plan.witnesses.map(({ holder }) => cosignerVkey(holder, key(holder).publicKey)),
    witnessQuorum: plan.witnessQuorum,
    policy: policyOf(plan, key, hardware),
    sidecarKeys: (plan.postQuantum?.targets.holders ?? []).map(({ holder }) => key(holder)),
    signers: { [plan.channel]: { keyids: plan.signers.holders.map(({ holder }) => key(holder).keyid), threshold: plan.signers.threshold } },
  };
}

function policyOf(plan: Plan, key: (holder: string) => CustodyKey, { elsewhere, approverKeys }: Required<Hardware>): Policy {
  const brought = approverKeys.map((each) => [keyidOf(each.key), { key: each.key, holder: each.person, owner: each.person }] as const);
  const approving = (person: string): readonly string[] => {
    const own = brought.flatMap(([keyid, { owner }]) => (owner === person ? [keyid] : []));
    return own.length > 0 ? own : [key(person).keyid];
  };
  const duties = (held: readonly Holding[]) =>
    held.map(({ holder, owner }) => [key(holder).keyid, { key: key(holder).tuf, holder, owner }] as const);
  const people = plan.people.map((person): Holding => ({ holder: person, owner: person }));
  const keyidsOf = (holdings: readonly Holding[]) => Object.fromEntries(holdings.map(({ holder }) => [holder, key(holder).keyid]));
  const holders = [
    ...people,
    ...plan.signers.holders,
    plan.proposer,
    ...plan.builders,
    ...plan.revokers,
    ...plan.monitors,
    ...askers(plan),
  ];
  return {
    _type: "policy",
    spec: "countersign/1",
    version: 1,
    separation: plan.separation,
    coolingOffSeconds: plan.coolingOffSeconds,
    holders: Object.fromEntries([...duties(holders), ...brought]),
    channels: {
      [plan.channel]: {
        profile: plan.profile,
        proposers: [key(plan.proposer.holder).keyid],
        approvers: plan.people.flatMap(approving),
        approvals: plan.approvals,
        soakSeconds: plan.soakSeconds,
        urgent: plan.urgent,
        builders: { quorum: plan.builderQuorum, trusted: plan.builders.map((each) => ruleOf(each, key(each.holder).keyid)) },
        freshRevokers: plan.freshRevokers,
        revocationSeconds: plan.revocationSeconds,
        readThrough: plan.readThrough,
        brakeBits: plan.brake?.bits,
        bundleSeconds: plan.bundleSeconds,
      },
    },
    revokers: keyidsOf(plan.revokers),
    monitors: keyidsOf(plan.monitors),
    brakes: plan.brake === undefined ? undefined : keyidsOf(plan.brake.askers),
    custody: Object.fromEntries(
      [...holders, ...sidecarHolders(plan)].map(({ holder }) => [key(holder).keyid, elsewhere(holder)?.custody ?? "encrypted-file"]),
    ),
    download: plan.download,
    postQuantum: postQuantumOf(plan, key),
  };
}

function askers({ brake }: Plan): readonly Holding[] {
  return brake?.askers ?? [];
}

/** A date as TUF writes it, some days from now. */
function inDays(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}
