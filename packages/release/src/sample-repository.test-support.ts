// SPDX-License-Identifier: Apache-2.0
// A whole repository in memory, for the tests of this room: real keys, a real log with witnesses, real files, served over HTTP.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { type CustodyKey, publicHalf, softwareKey } from "@countersign/custody/key";
import { foundRepository } from "@countersign/repository/founding";
import { headBytes, headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { nextSnapshot } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { packDirectory } from "@countersign/repository/pack";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { targetStorePath } from "@countersign/repository/target-path";
import { appendLeaves } from "@countersign/tlog/append";
import { encodeBase64 } from "@countersign/tlog/base64";
import { encodeBundle } from "@countersign/tlog/bundle";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { encodeEntry, type Entry as LedgerEntry } from "@countersign/tlog/entry";
import { leafHash } from "@countersign/tlog/hash";
import { formatNote } from "@countersign/tlog/note";
import { formatTlogProof } from "@countersign/tlog/proof";
import { cosign, signerFromSeed, signNote } from "@countersign/tlog/signer";
import { bundlePath } from "@countersign/tlog/tile";
import { inclusionProof } from "@countersign/tlog/tree";
import { formatVkey } from "@countersign/tlog/vkey";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { preAuthenticationEncoding } from "@countersign/trust/build/dsse";
import { inTotoPayloadType } from "@countersign/trust/build/in-toto";
import { canonicalBytes } from "@countersign/trust/canonical";
import { type Digest, sha256 } from "@countersign/trust/digest";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Outcome } from "@countersign/trust/refusal";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Artifact, Statement } from "@countersign/trust/release/statement";
import type { SnapshotDocument } from "@countersign/trust/tuf/snapshot";
import type { ReleaseDraft } from "./propose.ts";

export const place = { product: "hello", platform: "linux-x64", channel: "stable" } as const;
const builder = { id: "https://build.example/1", buildType: "https://build.example/type", source: "git+https://git.example/hello" };
const far = "2099-01-01T00:00:00Z";

export function sampleKey(): CustodyKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return softwareKey(publicHalf(publicKey, "memory"), privateKey);
}

export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.refusal));
}

export interface SampleRepository extends AsyncDisposable {
  readonly url: string;
  readonly anchor: Uint8Array;
  /** What is served, by path: tests tamper with it. */
  readonly files: Map<string, Uint8Array>;
  readonly keys: Readonly<Record<"ci" | "alice" | "builder" | "revoke", CustodyKey>>;
  /** Packs a directory, attests it and serves both: what a release of it would say. `by` signs the provenance. */
  build(directory: string, version: string, by?: CustodyKey): Promise<ReleaseDraft>;
  /** Publishes a release, as if all had agreed. */
  publish(body: Statement, digest: Digest): Promise<void>;
}

export async function sampleRepository(scratch: string): Promise<SampleRepository> {
  const keys = { ci: sampleKey(), alice: sampleKey(), builder: sampleKey(), sign: sampleKey(), revoke: sampleKey() };
  const [root, targets, online] = [sampleKey(), sampleKey(), sampleKey()];
  const files = new Map<string, Uint8Array>();
  const log = sampleLog(files);
  const owned = (key: CustodyKey, owner: string) => ({ keyid: key.keyid, tuf: key.tuf, sign: key.sign, owner });
  const alone = (key: CustodyKey, owner: string) => ({ keys: [owned(key, owner)], threshold: 1 });
  const founding = accepted(
    await foundRepository({
      expires: { root: far, targets: far },
      roles: { root: alone(root, "r"), targets: alone(targets, "t"), snapshot: alone(online, "p"), timestamp: alone(online, "p") },
      log: { origin: log.origin, vkey: log.vkey },
      witnesses: log.witnesses,
      witnessQuorum: 2,
      policy: policyOf(keys),
      signers: { [place.channel]: { keyids: [keys.sign.keyid], threshold: 1 } },
    }),
  );
  for (const [path, bytes] of founding.files) files.set(path, bytes);
  let head: Head | undefined;
  let channel: TargetsDocument | undefined;
  let snapshot: SnapshotDocument | undefined;

  const publishFiles = async (changed: ReadonlyMap<string, { readonly version: number; readonly bytes: Uint8Array }>): Promise<void> => {
    snapshot = nextSnapshot(snapshot, changed, far);
    const bytes = documentBytes(await signDocument(snapshot, [online]));
    const dated = nextTimestamp(undefined, { version: snapshot.version, bytes }, await log.note(), far);
    for (const [name, file] of changed) files.set(`metadata/${file.version}.${name}`, file.bytes);
    files.set(`metadata/${snapshot.version}.snapshot.json`, bytes);
    files.set("metadata/timestamp.json", documentBytes(await signDocument(dated, [online])));
  };
  await log.append({ type: "root", digest: founding.root.digest });
  await publishFiles(new Map([["targets.json", { version: 1, bytes: founding.targets.bytes }]]));

  const server = createServer((request, response) => {
    const bytes = files.get((request.url ?? "").slice(1));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();

  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`,
    anchor: founding.root.bytes,
    files,
    keys,
    async build(directory, version, by = keys.builder) {
      const file = join(scratch, `${version}.tar.zst`);
      const packed = accepted(await packDirectory(directory, file));
      const artifact: Artifact = { platform: place.platform, name: "hello.tar.zst", ...packed, sha256: packed.sha256 as Digest };
      files.set(`artifacts/${artifact.sha256}`, await readFile(file));
      const attested = await attest(artifact, version, by);
      const provenance = sha256(attested);
      files.set(`provenance/${provenance}`, attested);
      files.set(`proofs/${provenance}.tlog-proof`, Buffer.from(await log.append({ type: "provenance", digest: provenance })));
      const { product, channel } = place;
      const health = { command: ["bin/hello"], expect: null, timeoutSeconds: 10, attempts: 1 };
      const fixed = { urgent: false, epochUp: false, minimumSequence: 0, privileges: [], rollout: { overSeconds: 0 } };
      return { product, channel, version, artifacts: [artifact], provenance: [provenance], health, ...fixed };
    },
    async publish(body, digest) {
      const signed = { _type: "approval", spec: "countersign/1", decision: "propose", subject: "release", digest } as const;
      const approvals = [await signDocument(signed, [keys.ci])] as unknown as Entry<Statement>["approvals"];
      head = nextHead(head, place, { body, digest, approvals, proof: await log.append({ type: "release", digest, approvals: digest }) });
      files.set(targetStorePath(headPath(place), sha256(headBytes(head))), headBytes(head));
      channel = nextChannel(channel, new Map([[headPath(place), head]]), far);
      const bytes = documentBytes(await signDocument(channel, [keys.sign]));
      await publishFiles(new Map([[`${place.channel}.json`, { version: channel.version, bytes }]]));
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function policyOf(keys: Readonly<Record<"ci" | "alice" | "builder" | "sign" | "revoke", CustodyKey>>): Policy {
  const holders = Object.entries(keys).map(([holder, { keyid, tuf }]) => [keyid, { key: tuf, holder, owner: holder }] as const);
  return {
    _type: "policy",
    spec: "countersign/1",
    version: 1,
    separation: "owner",
    coolingOffSeconds: 1,
    holders: Object.fromEntries(holders),
    channels: {
      [place.channel]: {
        profile: "app",
        proposers: [keys.ci.keyid],
        approvers: [keys.alice.keyid],
        approvals: 1,
        soakSeconds: 1,
        urgent: { soakSeconds: 1, extraApprovals: 0 },
        builders: { quorum: 1, trusted: [{ ...builder, keyid: keys.builder.keyid, parameters: {} }] },
        freshRevokers: 1,
        revocationSeconds: 86_400,
        readThrough: 0,
      },
    },
    revokers: { revoke: keys.revoke.keyid },
    monitors: {},
    download: { connectSeconds: 5, idleSeconds: 5, totalSeconds: 30, minimumBytesPerSecond: 1 },
  };
}

async function attest({ name, sha256: digest }: Artifact, version: string, key: CustodyKey): Promise<Uint8Array> {
  const payload = canonicalBytes({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: digest } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: builder.buildType,
        externalParameters: {},
        resolvedDependencies: [{ uri: builder.source, digest: { gitCommit: sha256(Buffer.from(version)).slice(0, 40) } }],
      },
      runDetails: { builder: { id: builder.id } },
    },
  });
  const sig = encodeBase64(await key.sign(preAuthenticationEncoding(inTotoPayloadType, payload)));
  return canonicalBytes({ payload: encodeBase64(payload), payloadType: inTotoPayloadType, signatures: [{ keyid: key.keyid, sig }] });
}

/** A log with two witnesses, who cosign whatever it says, and its files below `log/`. */
function sampleLog(files: Map<string, Uint8Array>) {
  const origin = "log.example";
  const signer = signerFromSeed(Buffer.alloc(32, 1), origin, 1);
  const witnesses = ["w1.example", "w2.example"].map((name, at) => signerFromSeed(Buffer.alloc(32, at + 2), name, 4));
  const entries: Uint8Array[] = [];
  const readTile = async (path: string): Promise<Uint8Array | undefined> => files.get(`log/${path}`);
  let tree = { size: 0, root: new Uint8Array(32) };
  const note = async (): Promise<string> => {
    const text = formatCheckpoint({ origin, ...tree });
    const bytes = Buffer.from(text);
    const now = Math.floor(Date.now() / 1000);
    return formatNote(text, [
      await signNote(bytes, signer),
      ...(await Promise.all(witnesses.map((witness) => cosign(bytes, now, witness)))),
    ]);
  };
  return {
    origin,
    vkey: formatVkey(origin, 1, signer.publicKey),
    witnesses: witnesses.map(({ name, publicKey }) => formatVkey(name, 4, publicKey)),
    note,
    async append(entry: LedgerEntry): Promise<string> {
      const index = tree.size;
      entries.push(encodeEntry(entry));
      const { tiles, size, root } = accepted(await appendLeaves(index, [leafHash(encodeEntry(entry))], readTile));
      for (const { path, bytes } of tiles) files.set(`log/${path}`, bytes);
      tree = { size, root: new Uint8Array(root) };
      files.set(`log/${bundlePath(0, size)}`, encodeBundle(entries));
      files.set("log/checkpoint", Buffer.from(await note()));
      return formatTlogProof({ index, hashes: accepted(await inclusionProof(index, tree.size, readTile)), note: await note() });
    },
  };
}
