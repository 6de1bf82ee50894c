// SPDX-License-Identifier: Apache-2.0
import { headBytes, headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { nextSnapshot, type WrittenFile } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { targetStorePath } from "@countersign/repository/target-path";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalDigest } from "@countersign/trust/canonical";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type Approval, approval } from "@countersign/trust/release/approval";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { proofPath } from "@countersign/trust/workflow/step";
import { type Base, taken } from "./base.ts";
import type { Files } from "./mirror.ts";
import type { Payload } from "./payload.ts";

// What an attacker can make with keys in hand. The documents are as good as the writers of the product make them, because those make them;
// what is missing is only what the attacker does not hold.

/** A statement that follows the last release and names the payload. */
export function nextStatement({ last }: Base, { artifact }: Payload, change: Partial<Statement>): Statement {
  return {
    ...last.body,
    version: "6.6.6",
    sequence: last.body.sequence + 1,
    predecessor: last.digest,
    artifacts: [artifact],
    ...change,
  };
}

/** Who says what about a statement, with whatever key. */
export type Voice = readonly [decision: Approval["decision"], key: SigningKey];

/** A release or an order with its voices and the proof that goes with it, whether or not it is its own. */
export async function entryOf<T extends Statement | Order>(
  body: T,
  voices: readonly Voice[],
  prove: (approvals: readonly Envelope<Approval>[], digest: Digest) => Promise<string>,
): Promise<Entry<T>> {
  const digest = canonicalDigest(body);
  const approvals: Envelope<Approval>[] = [];
  for (const [decision, key] of voices) {
    const said: Approval = { _type: "approval", spec: "countersign/1", decision, subject: body._type, digest };
    approvals.push(taken(readEnvelope(approval, documentBytes(await signDocument(said, [key])), "approval")));
  }
  return { body, digest, approvals, proof: await prove(approvals, digest) };
}

/** A channel file as it is to be listed, and the head beside it. */
export interface ForgedChannel {
  readonly head: Head;
  readonly channelFile: TargetsDocument;
  readonly file: WrittenFile;
  readonly digest: Digest;
  readonly files: Files;
}

/** The channel file that follows the base's when this entry is added, signed by these keys, few or wrong as they may be. */
export async function channelWith(
  base: Base,
  entry: Entry<Statement> | Entry<Order>,
  keys: readonly SigningKey[],
  expires: string = inDays(30),
): Promise<ForgedChannel> {
  const head = nextHead(base.head, base.head, entry);
  const path = headPath(head);
  const channelFile = nextChannel(base.channel.signed, new Map([[path, head]]), expires);
  const bytes = documentBytes(await signDocument(channelFile, keys));
  const file = { version: channelFile.version, bytes };
  return {
    head,
    channelFile,
    file,
    digest: sha256(bytes),
    files: new Map([[targetStorePath(path, sha256(headBytes(head))), headBytes(head)]]),
  };
}

/** The keys that publish uses; whoever has them can make the repository's front door say anything. */
export interface PublishKeys {
  readonly snapshot: SigningKey;
  readonly timestamp: SigningKey;
}

/** What the forged snapshot and timestamp say that their writers would not. */
export interface Lies {
  readonly snapshotVersion?: number;
  readonly timestampVersion?: number;
  readonly timestampExpires?: string;
  readonly checkpoint?: string;
}

/** Lists metadata files (by name: `stable.json`) in a new snapshot and a new timestamp on top of the base's. */
export async function relist(base: Base, files: Readonly<Record<string, WrittenFile>>, keys: PublishKeys, lies: Lies = {}): Promise<Files> {
  const { view } = base;
  const listing = nextSnapshot(view.snapshot.signed, new Map(Object.entries(files)), inDays(30));
  const snapshot = { ...listing, version: lies.snapshotVersion ?? listing.version };
  const snapshotBytes = documentBytes(await signDocument(snapshot, [keys.snapshot]));
  const word = nextTimestamp(
    view.timestamp.signed,
    { version: snapshot.version, bytes: snapshotBytes },
    lies.checkpoint ?? view.timestamp.signed.countersign.checkpoint,
    lies.timestampExpires ?? inDays(1),
  );
  const timestamp = { ...word, version: lies.timestampVersion ?? word.version };
  return new Map([
    ...Object.entries(files).map(([name, { version, bytes }]) => [`metadata/${version}.${name}`, bytes] as const),
    [`metadata/${snapshot.version}.snapshot.json`, snapshotBytes],
    ["metadata/timestamp.json", documentBytes(await signDocument(timestamp, [keys.timestamp]))],
  ]);
}

/** The payload under its own digest, where a device will ask for it. */
export function payloadFiles({ artifact, bytes }: Payload): Files {
  return new Map([[`artifacts/${artifact.sha256}`, bytes]]);
}

/** A logged file and the proof beside it, the file's own or borrowed. */
export function withProof(digest: Digest, proof: string, path?: string, bytes?: Uint8Array): Files {
  return new Map([[proofPath(digest), Buffer.from(proof)], ...(path !== undefined && bytes !== undefined ? [[path, bytes] as const] : [])]);
}

/** All of them over one another, the last on top. */
export function together(...files: readonly Files[]): Files {
  return new Map(files.flatMap((each) => [...each]));
}

/** A date as TUF writes it, some days from now. */
export function inDays(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}
