// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { nextSnapshot, type WrittenFile } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { isStored, readFrom } from "@countersign/repository/read-from";
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { Store } from "@countersign/repository/store";
import type { Entry } from "@countersign/tlog/entry";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { channelFileOf, placeTargets } from "./channel-file.ts";
import { type Listing, listingOf, type Ready } from "./listing.ts";
import { checkpointFor, prove, proveOnce } from "./prove.ts";
import { proveRoots } from "./prove-roots.ts";
import { type Published, readPublished } from "./published.ts";
import { placeSidecar } from "./sidecar.ts";

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

/** The repository as it is, with the proofs of its root, targets, policy and channel files in the store: made anew where root has replaced log or witnesses. */
export async function openPublished({ store, ledger, anchor }: Publisher): Promise<Outcome<Published>> {
  const roots = await proveRoots(anchor, ledger, store);
  if (!roots.ok) return roots;
  const published = await readPublished(readFrom(store), anchor);
  if (!published.ok) return published;
  const { newest, issued, ledger: trust } = published.value;
  const entries: readonly Entry[] = [
    { type: "targets", digest: newest.targets.digest },
    { type: "policy", digest: newest.policyDigest },
    ...(issued === undefined ? [] : [{ type: "targets" as const, digest: issued.targets.digest }]),
    ...[...(issued?.channels.values() ?? [])].map(({ digest }) => ({ type: "channel" as const, digest })),
  ];
  for (const entry of entries) {
    const proven = await proveOnce(entry, ledger, trust, store);
    if (!proven.ok) return proven;
  }
  return published;
}

/** Makes a channel file that its quorum signed ready to be listed: the ledger first, then proof, targets and file. Nobody is led to it yet. */
export async function makeReady(publisher: Publisher, published: Published, request: SigningRequest): Promise<Outcome<Ready>> {
  const { store, ledger, now } = publisher;
  const file = channelFileOf(request, published, now());
  if (!file.ok) return file;
  const policies = [published.newest, ...(published.issued === undefined ? [] : [published.issued])].map(({ policy }) => policy);
  const sidecar = await placeSidecar(request, file.value, policies, store);
  if (!sidecar.ok) return sidecar;
  const logged = await prove({ type: "channel", digest: file.value.digest }, ledger, published.ledger, store);
  if (!logged.ok) return logged;
  const placed = await placeTargets(file.value, request, store);
  if (!placed.ok) return placed;
  await store.write(`metadata/${file.value.signed.version}.${request.channel}.json`, file.value.bytes);
  return accept({ request, file: { ...file.value, sidecar: sidecar.value }, entry: logged.value });
}

/** True if a snapshot does not list what it could, or has less than half of its time left. */
export function snapshotDue({ issued }: Pick<Published, "issued">, { delegator, ready }: Listing, now: number, days: number): boolean {
  if (issued === undefined || ready.length > 0) return true;
  const left = Date.parse(issued.snapshot.signed.expires) - now;
  return issued.targets.signed.version !== delegator.targets.signed.version || left < (days * DAY) / 2;
}

/**
 * Writes the snapshot, if it changes, and then the timestamp, which alone makes everything before it visible. Nothing that is
 * listed is ever overwritten; a run that is killed leaves files that nobody lists, and the next run does it all again.
 */
export async function issue(publisher: Publisher, published: Published, ready: readonly Ready[]): Promise<Outcome<Listing>> {
  const { store, ledger, snapshotKey, timestampKey, timestampSeconds, snapshotDays, now } = publisher;
  const { issued, ledger: trust } = published;
  const listing = listingOf(published, ready);
  const covering = Math.max(-1, ...listing.ready.map(({ entry }) => entry));
  const checkpoint = await checkpointFor(ledger, trust, issued?.checkpoint, covering);
  if (!checkpoint.ok) return checkpoint;

  let snapshot: WrittenFile = { version: issued?.snapshot.signed.version ?? 0, bytes: issued?.snapshot.bytes ?? new Uint8Array() };
  if (snapshotDue(published, listing, now(), snapshotDays)) {
    const following = nextSnapshot(issued?.snapshot.signed, filesOf(listing), tufDate(now() + snapshotDays * DAY));
    const next = { ...following, version: await freeVersion(store, following.version) };
    snapshot = { version: next.version, bytes: documentBytes(await signDocument(next, [snapshotKey])) };
    await store.write(`metadata/${next.version}.snapshot.json`, snapshot.bytes);
  }
  const expires = tufDate(now() + timestampSeconds * 1000);
  const timestamp = nextTimestamp(issued?.timestamp.signed, snapshot, checkpoint.value.note, expires);
  await store.write("metadata/timestamp.json", documentBytes(await signDocument(timestamp, [timestampKey])));
  for (const { request, file, entry } of listing.ready)
    logEvent("publish", "published", { channel: request.channel, version: file.signed.version, entry });
  return accept(listing);
}

/** What a snapshot says anew; what it said of others it goes on saying. */
function filesOf({ delegator: { targets }, ready }: Listing): ReadonlyMap<string, WrittenFile> {
  const written = (name: string, { signed, bytes }: Ready["file"]) => [`${name}.json`, { version: signed.version, bytes }] as const;
  return new Map([written("targets", targets), ...ready.map(({ request, file }) => written(request.channel, file))]);
}

/** A snapshot that a killed run left keeps its name: it may be in a cache already, where a name means the same bytes for ever. */
async function freeVersion(store: Store, version: number): Promise<number> {
  return (await isStored(store, `metadata/${version}.snapshot.json`)) ? freeVersion(store, version + 1) : version;
}

/** A date as TUF writes it, to the second (TUF 4.2.3). */
function tufDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
