// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { nextSnapshot, type WrittenFile } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { isStored, readFrom } from "@countersign/repository/read-from";
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { Store } from "@countersign/repository/store";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { channelFileOf, placeTargets } from "./channel-file.ts";
import { newestCheckpoint, prove, proveOnce } from "./prove.ts";
import { type Published, readPublished } from "./published.ts";

/** What publish works with. */
export interface Publisher {
  readonly store: Store;
  readonly ledger: LedgerClient;
  readonly anchor: Uint8Array;
  readonly snapshotKey: SigningKey;
  readonly timestampKey: SigningKey;
  readonly timestampSeconds: number;
  readonly snapshotDays: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const DAY = 86_400_000;
const NO_FILES: ReadonlyMap<string, WrittenFile> = new Map();

/** The repository as it is, with the proofs of root, targets and policy in the store. */
export async function openPublished({ store, ledger, anchor }: Publisher): Promise<Outcome<Published>> {
  const published = await readPublished(readFrom(store), anchor);
  if (!published.ok) return published;
  const { root, targets, policyDigest, ledger: trust } = published.value;
  for (const [type, digest] of [
    ["root", root.digest],
    ["targets", targets.digest],
    ["policy", policyDigest],
  ] as const) {
    const proven = await proveOnce({ type, digest }, ledger, trust, store);
    if (!proven.ok) return proven;
  }
  return published;
}

/** Publishes one channel file that its quorum signed: the ledger first, then proof, targets and file, and last what lists them. */
export async function publishChannel(publisher: Publisher, published: Published, request: SigningRequest): Promise<Outcome<void>> {
  const { store, ledger, now } = publisher;
  const file = channelFileOf(request, published, now());
  if (!file.ok) return file;
  const logged = await prove({ type: "channel", digest: file.value.digest }, ledger, published.ledger, store);
  if (!logged.ok) return logged;
  const placed = await placeTargets(file.value, request, store);
  if (!placed.ok) return placed;
  const name = `${request.channel}.json`;
  const { version } = file.value.signed;
  await store.write(`metadata/${version}.${name}`, file.value.bytes);
  const issued = await issue(publisher, published, new Map([[name, { version, bytes: file.value.bytes }]]), logged.value);
  if (issued.ok) logEvent("publish", "published", { channel: request.channel, version, entry: logged.value });
  return issued;
}

/** A new timestamp with the newest checkpoint, and with it what else is due: the first snapshot, a new targets file, a snapshot that grows old. */
export function refresh(publisher: Publisher, published: Published): Promise<Outcome<void>> {
  return issue(publisher, published, NO_FILES, -1);
}

/** True if a snapshot does not list the newest targets, or has less than half of its time left. */
export function snapshotDue({ issued, targets }: Pick<Published, "issued" | "targets">, now: number, days: number): boolean {
  if (issued === undefined) return true;
  const left = Date.parse(issued.snapshot.signed.expires) - now;
  return issued.targets.signed.version !== targets.signed.version || left < (days * DAY) / 2;
}

/**
 * Writes the snapshot, if it changes, and then the timestamp, which alone makes everything before it visible. Nothing that is
 * listed is ever overwritten; a run that is killed leaves files that nobody lists, and the next run does it all again.
 */
async function issue(
  { store, ledger, snapshotKey, timestampKey, timestampSeconds, snapshotDays, now }: Publisher,
  { issued, ledger: trust, targets }: Published,
  files: ReadonlyMap<string, WrittenFile>,
  covering: number,
): Promise<Outcome<void>> {
  const newest = await newestCheckpoint(ledger, trust, issued?.checkpoint, covering);
  // a repository whose timestamp expires is worse off than one that is dated by the checkpoint before
  const checkpoint = newest.ok || issued === undefined || files.size > 0 ? newest : accept(issued.checkpoint);
  if (!checkpoint.ok) return checkpoint;
  if (!newest.ok) logEvent("publish", "checkpoint-not-renewed", { ...newest.refusal });

  let snapshot: WrittenFile = { version: issued?.snapshot.signed.version ?? 0, bytes: issued?.snapshot.bytes ?? new Uint8Array() };
  if (files.size > 0 || snapshotDue({ issued, targets }, now(), snapshotDays)) {
    const listed = new Map([["targets.json", { version: targets.signed.version, bytes: targets.bytes }], ...files]);
    const following = nextSnapshot(issued?.snapshot.signed, listed, tufDate(now() + snapshotDays * DAY));
    const next = { ...following, version: await freeVersion(store, following.version) };
    snapshot = { version: next.version, bytes: documentBytes(await signDocument(next, [snapshotKey])) };
    await store.write(`metadata/${next.version}.snapshot.json`, snapshot.bytes);
  }
  const expires = tufDate(now() + timestampSeconds * 1000);
  const timestamp = nextTimestamp(issued?.timestamp.signed, snapshot, checkpoint.value.note, expires);
  await store.write("metadata/timestamp.json", documentBytes(await signDocument(timestamp, [timestampKey])));
  return accept(undefined);
}

/** A snapshot that a killed run left keeps its name: it may be in a cache already, where a name means the same bytes for ever. */
async function freeVersion(store: Store, version: number): Promise<number> {
  return (await isStored(store, `metadata/${version}.snapshot.json`)) ? freeVersion(store, version + 1) : version;
}

/** A date as TUF writes it, to the second (TUF 4.2.1). */
function tufDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
