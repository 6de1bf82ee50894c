// SPDX-License-Identifier: Apache-2.0
import { type Root, root, rootChecks, topAuthority } from "@countersign/trust/anchor/root";
import { channelAuthority, type Targets, targets } from "@countersign/trust/anchor/targets";
import { type Timestamp, timestamp } from "@countersign/trust/anchor/timestamp";
import { judge } from "@countersign/trust/check";
import { type Decoder, decodeBytes } from "@countersign/trust/decode";
import { type Digest, isDigest, sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { policy } from "@countersign/trust/policy/policy";
import { type Authority, signersOf } from "@countersign/trust/quorum";
import { type Snapshot, snapshot } from "@countersign/trust/tuf/snapshot";
import type { PolicyFile } from "@countersign/trust/workflow/policy";
import type { DocumentStore } from "./document-store.ts";

/** The documents that a device trusts, each as exactly the bytes that were served. */
export interface Documents {
  readonly root: Envelope<Root>;
  readonly timestamp: Envelope<Timestamp> | undefined;
  readonly snapshot: Envelope<Snapshot> | undefined;
  readonly targets: Envelope<Targets> | undefined;
  readonly channel: Envelope<Targets> | undefined;
  readonly policy: PolicyFile | undefined;
  /** The newest head that was verified: a target of the channel file, and nothing more than its bytes. */
  readonly head: StoredTarget | undefined;
}

/** A document that others name by its digest. */
export interface StoredTarget {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** What was found wrong with a file: `corrupted`, no document at all; or `tampered`, a document that nobody signed who may. */
export type Damage = (file: string, code: "corrupted" | "tampered", found: string) => void;

/**
 * Reads the documents of a store and verifies each again, from the embedded root on. Signatures and digests are what is asked here; whether a document
 * still holds is for the gates. A damaged one is as if it were not there, and said.
 */
export async function readDocuments(store: DocumentStore, anchor: Envelope<Root>, damage: Damage): Promise<Documents> {
  const chain = await readRoots(store, anchor, damage);
  const signed = async <T>(role: string, decoder: Decoder<T>, authorities: readonly Authority[]): Promise<Envelope<T> | undefined> => {
    const file = `${role}.json`;
    const bytes = await store.read(file, defaultLimits.targetsBytes);
    if (bytes === undefined) return undefined;
    const read = readEnvelope(decoder, bytes, file, { ...defaultLimits, documentBytes: defaultLimits.targetsBytes });
    if (!read.ok) damage(file, "corrupted", read.refusal.found);
    else if (authorities.some((authority) => signersOf(read.value, authority).length >= authority.threshold)) return read.value;
    else damage(file, "tampered", "signatures that do not count");
    return undefined;
  };
  // What was kept under an earlier root was right then, and it is for gate 1 to say what becomes of it (TUF 5.3.11).
  const under = (role: "timestamp" | "snapshot" | "targets"): readonly Authority[] =>
    chain.map(({ signed: each }) => topAuthority(each, role));
  const top = await signed("targets", targets, under("targets"));
  const channels = top?.signed.delegations?.roles.flatMap(({ name }) => channelAuthority(top.signed, name) ?? []) ?? [];
  return {
    root: chain[0] ?? anchor,
    timestamp: await signed("timestamp", timestamp, under("timestamp")),
    snapshot: await signed("snapshot", snapshot, under("snapshot")),
    targets: top,
    channel: await signed("channel", targets, channels),
    policy: newestPolicy(await addressed(store, "policy", damage), damage),
    head: (await addressed(store, "head", damage))[0],
  };
}

/** From the newest to the embedded one. Where one is missing or wrong, those after it are nothing that this device could verify. */
async function readRoots(store: DocumentStore, anchor: Envelope<Root>, damage: Damage): Promise<readonly Envelope<Root>[]> {
  const chain = [anchor];
  for (let trusted = anchor; ; ) {
    const file = rootFile(trusted.signed.version + 1);
    const bytes = await store.read(file, defaultLimits.rootBytes);
    if (bytes === undefined) break;
    const read = readEnvelope(root, bytes, file);
    if (!read.ok) damage(file, "corrupted", read.refusal.found);
    if (!read.ok) break;
    const judged = judge({ candidate: read.value, trusted: trusted.signed }, rootChecks);
    if (!judged.outcome.ok) damage(file, "tampered", judged.outcome.refusal.found);
    if (!judged.outcome.ok) break;
    trusted = read.value;
    chain.unshift(trusted);
  }
  return chain;
}

/** Documents that nobody signed by themselves are kept under their digest. There are several only where a change was interrupted. */
async function addressed(store: DocumentStore, kind: AddressedKind, damage: Damage): Promise<readonly StoredTarget[]> {
  const documents: StoredTarget[] = [];
  for (const { file, digest } of await addressedFiles(store, kind)) {
    const bytes = await store.read(file, defaultLimits.documentBytes);
    if (bytes === undefined) continue;
    if (sha256(bytes) === digest) documents.push({ bytes, digest });
    else damage(file, parseJson(bytes, defaultLimits).ok ? "tampered" : "corrupted", `SHA-256 ${sha256(bytes)}`);
  }
  return documents;
}

type AddressedKind = "policy" | "head";

async function addressedFiles(
  store: DocumentStore,
  kind: AddressedKind,
): Promise<readonly { readonly file: string; readonly digest: Digest }[]> {
  const pattern = new RegExp(`^${kind}\\.([0-9a-f]{64})\\.json$`);
  return (await store.names()).flatMap((file) => {
    const digest = pattern.exec(file)?.[1];
    return digest !== undefined && isDigest(digest) ? [{ file, digest }] : [];
  });
}

function newestPolicy(files: readonly StoredTarget[], damage: Damage): PolicyFile | undefined {
  const policies = files.flatMap(({ bytes, digest }) => {
    const read = decodeBytes(policy, bytes, "the policy");
    if (!read.ok) damage(`policy.${digest}.json`, "corrupted", read.refusal.found);
    return read.ok ? [{ policy: read.value, bytes, digest }] : [];
  });
  return policies.sort((one, other) => other.policy.version - one.policy.version)[0];
}

/** Writes documents that passed the gates, each durably, and nothing where they are there already. */
export async function writeDocuments(store: DocumentStore, documents: Partial<Documents>): Promise<void> {
  const { root: last, policy: held, head: shown, ...signed } = documents;
  if (last !== undefined) await store.keep(rootFile(last.signed.version), last.bytes);
  for (const [role, document] of Object.entries(signed)) if (document !== undefined) await store.keep(`${role}.json`, document.bytes);
  if (held !== undefined) await keepAddressed(store, "policy", held);
  if (shown !== undefined) await keepAddressed(store, "head", shown);
}

async function keepAddressed(store: DocumentStore, kind: AddressedKind, { bytes, digest }: StoredTarget): Promise<void> {
  await store.keep(`${kind}.${digest}.json`, bytes);
  for (const { file, digest: other } of await addressedFiles(store, kind)) if (other !== digest) await store.forget(file);
}

function rootFile(version: number): string {
  return `${version}.root.json`;
}
