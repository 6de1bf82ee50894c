// SPDX-License-Identifier: Apache-2.0
import { targetStorePath } from "@countersign/repository/target-path";
import type { RepositoryView } from "@countersign/repository/view";
import { type Root, root, topAuthority } from "@countersign/trust/anchor/root";
import { targets } from "@countersign/trust/anchor/targets";
import { decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { loggedCheck, publicSince } from "@countersign/trust/ledger/inclusion";
import { policy } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import { type Read, readFile, readProof, readSigned } from "@countersign/trust/workflow/step";
import { trustedKeys } from "./trusted-keys.ts";

/** Since when something has been trusted, without a break. */
export interface Since {
  /** Witnessed, Unix seconds; null where the entry of the document that began it cannot be proven. */
  readonly time: number | null;
  /** The document that began it. */
  readonly by: string;
  /** Whether it may be longer: what came before could not be read. */
  readonly orEarlier: boolean;
}

/** One version of what says who is trusted. */
interface Version {
  readonly name: string;
  readonly time: number | null;
  readonly keyids: ReadonlySet<string>;
}

/** The beginnings of everything that is trusted now. */
export interface Beginnings {
  readonly keys: ReadonlyMap<string, Since>;
  readonly policy: Since | undefined;
  readonly root: Since | undefined;
}

/** How far back versions of targets are read. */
const furthest = 64;

/** Reads root and targets files from the newest back, as long as they verify, and says since when each key has stood in them. */
export async function beginnings(view: RepositoryView, anchor: Uint8Array, read: Read): Promise<Beginnings> {
  const roots = await rootsOf(anchor, read);
  const byRoot = await Promise.all(roots.map((each) => rootVersion(each, read)));
  const byTargets = await targetsVersions(view, roots, read);
  const keys = new Map<string, Since>();
  for (const { keyid, tasks } of trustedKeys({ root: view.root.signed, targets: view.targets.signed, policy: view.policy })) {
    const top = tasks.some(({ duty }) => ["root", "targets", "snapshot", "timestamp", "log", "witness"].includes(duty));
    const since = sinceIn(top ? byRoot.toReversed() : byTargets.versions, (version) => version.keyids.has(keyid), !top && !byTargets.whole);
    if (since !== undefined) keys.set(keyid, since);
  }
  const [newest] = byTargets.versions;
  return {
    keys,
    policy: sinceIn(byTargets.versions, ({ name }) => name.split(", ")[1] === newest?.name.split(", ")[1], !byTargets.whole),
    root: sinceIn(byRoot.slice(-1), () => true, false),
  };
}

/** From the newest version back, as long as it holds. */
function sinceIn(versions: readonly Version[], stands: (version: Version) => boolean, cut: boolean): Since | undefined {
  const end = versions.findIndex((version) => !stands(version));
  const first = versions[(end === -1 ? versions.length : end) - 1];
  return first && { time: first.time, by: first.name, orEarlier: cut && end === -1 };
}

/** The embedded root and its successors, verified. */
async function rootsOf(anchor: Uint8Array, read: Read): Promise<readonly Envelope<Root>[]> {
  const embedded = readEnvelope(root, anchor, "embedded root");
  if (!embedded.ok) return [];
  const chain = await nextRoots(embedded.value, read, rootChainChecks);
  return [embedded.value, ...(chain.outcome.ok ? chain.outcome.value : [])];
}

async function rootVersion({ signed, digest }: Envelope<Root>, read: Read): Promise<Version> {
  const keyids = trustedKeys({ root: signed, targets: {}, policy: nobody }).map(({ keyid }) => keyid);
  return { name: `root ${signed.version}`, time: await loggedSince("root", digest, [signed], read), keyids: new Set(keyids) };
}

const nobody = { holders: {}, channels: {}, revokers: {}, monitors: {} } as unknown as RepositoryView["policy"];

/** Targets with the policy that each lists, newest first, down to the first that does not verify any more. */
async function targetsVersions(
  view: RepositoryView,
  roots: readonly Envelope<Root>[],
  read: Read,
): Promise<{ readonly versions: readonly Version[]; readonly whole: boolean }> {
  const versions: Version[] = [];
  for (let version = view.targets.signed.version; version > 0 && versions.length < furthest; version--) {
    const file = await readSigned(read, `metadata/${version}.targets.json`, targets);
    if (!file.ok) return { versions, whole: false };
    const by = roots.filter(({ signed }) => {
      const authority = topAuthority(signed, "targets");
      return signersOf(file.value, authority).length >= authority.threshold;
    });
    const listed = file.value.signed.targets.get("policy.json");
    const digest = listed.ok ? listed.value?.hashes.sha256 : undefined;
    const bytes = digest === undefined ? undefined : await readFile(read, targetStorePath("policy.json", digest));
    const decoded = bytes?.ok && sha256(bytes.value) === digest ? decodeBytes(policy, bytes.value, "policy.json") : undefined;
    if (by.length === 0 || !decoded?.ok) return { versions, whole: false };
    const keys = trustedKeys({ root: view.root.signed, targets: file.value.signed, policy: decoded.value });
    const time = await loggedSince(
      "targets",
      file.value.digest,
      by.map(({ signed }) => signed),
      read,
    );
    versions.push({ name: `targets ${version}, policy ${decoded.value.version}`, time, keyids: new Set(keys.map(({ keyid }) => keyid)) });
  }
  return { versions, whole: true };
}

/** When an entry of this document was witnessed, under the ledger of one of these roots; null where that cannot be proven. */
async function loggedSince(type: "root" | "targets", digest: string, roots: readonly Root[], read: Read): Promise<number | null> {
  const proof = await readProof(read, digest);
  if (!proof.ok) return null;
  for (const ledger of roots.map(ledgerTrust)) {
    if (!loggedCheck(type).examine({ candidate: { type, digest }, proof: proof.value, ledger }).ok) continue;
    const since = publicSince(proof.value, ledger);
    if (since.ok) return since.value;
  }
  return null;
}
