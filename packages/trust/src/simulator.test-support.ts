// SPDX-License-Identifier: Apache-2.0
// A whole repository in memory for the tests of this room: people with keys, a ledger with witnesses, and every signed file.

import { appendLeaves } from "@countersign/tlog/append";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { encodeEntry, type Entry as LedgerEntry } from "@countersign/tlog/entry";
import { EMPTY_ROOT, leafHash, sha256 as rawSha256 } from "@countersign/tlog/hash";
import { formatNote } from "@countersign/tlog/note";
import { formatTlogProof } from "@countersign/tlog/proof";
import { cosign, type NoteSigner, signerFromSeed, signNote } from "@countersign/tlog/signer";
import { inclusionProof, prefixProof } from "@countersign/tlog/tree";
import { formatVkey, keyIdOf, type Vkey } from "@countersign/tlog/vkey";
import { canonicalBytes, servedBytes } from "./canonical.ts";
import { decodeBytes } from "./decode.ts";
import { type Digest, sha256 } from "./digest.ts";
import { type Envelope, envelope, type Signed } from "./envelope.ts";
import { type HolderKey, keyidOf, type PublicKey } from "./key.ts";
import type { LedgerTrust } from "./ledger/checkpoint.ts";
import type { Outcome, Refusal } from "./refusal.ts";
import { type Approval, approval, approvalsDigest } from "./release/approval.ts";
import type { Entry } from "./release/head.ts";
import type { Order } from "./release/order.ts";
import type { Statement } from "./release/statement.ts";

/** Somebody with one key. */
export interface Voice {
  readonly name: string;
  readonly key: HolderKey;
  readonly keyid: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Somebody with one ed25519 key, the same in every run. */
export interface Person extends Voice {
  readonly key: PublicKey;
}

export function person(name: string): Person {
  const { publicKey, sign } = signerFromSeed(rawSha256(Buffer.from(name)), name, 1);
  const key: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: Buffer.from(publicKey).toString("hex") } };
  return { name, key, keyid: keyidOf(key), sign };
}

/** A TUF envelope over `document`, signed by each. */
export async function signDocument<T>(document: T, ...signers: readonly Voice[]): Promise<Signed<T>> {
  const message = canonicalBytes(document);
  const signatures = [];
  for (const { keyid, sign } of signers) signatures.push({ keyid, sig: Buffer.from(await sign(message)).toString("hex") });
  return { signatures, signed: document };
}

export async function signedBytes(document: unknown, ...signers: readonly Voice[]): Promise<Uint8Array> {
  return servedBytes(await signDocument(document, ...signers));
}

const log: NoteSigner = signerFromSeed(rawSha256(Buffer.from("log")), "log.example", 1);
const witnesses: readonly NoteSigner[] = ["w1", "w2", "w3"].map((name) => signerFromSeed(rawSha256(Buffer.from(name)), name, 4));
export const vkeyOf = ({ name, type, publicKey }: NoteSigner): Vkey => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });
const line = ({ name, type, publicKey }: NoteSigner): string => formatVkey(name, type, publicKey);

/** Two of three witnesses. */
export const ledger: LedgerTrust = { origin: log.name, log: vkeyOf(log), witnesses: witnesses.map(vkeyOf), quorum: 2 };

/** What a root says of that ledger, as it is written. */
export const ledgerFields: object = {
  log: { origin: log.name, vkey: line(log) },
  witnesses: witnesses.map(line),
  witnessQuorum: 2,
};

/** A log with the same witnesses that takes the place of the first. */
export const nextLog: NoteSigner = signerFromSeed(rawSha256(Buffer.from("next log")), "next.example", 1);

/** What a root says once it follows that one, and the first is over. */
export function movedFields(size: number, root: Uint8Array): object {
  const final = { size, root: Buffer.from(root).toString("hex") };
  return {
    ...ledgerFields,
    log: { origin: nextLog.name, vkey: line(nextLog) },
    formerLogs: [{ origin: log.name, vkey: line(log), witnesses: witnesses.map(line), witnessQuorum: 2, final }],
  };
}

/** A log in memory. Times are those of the witnesses in order, Unix seconds; a witness without one stays silent. */
export class TestLog {
  readonly #signer: NoteSigner;
  readonly #tiles = new Map<string, Uint8Array>();
  readonly #entries: string[] = [];
  #root: Uint8Array = EMPTY_ROOT;

  constructor(signer: NoteSigner = log) {
    this.#signer = signer;
  }

  async append(entry: LedgerEntry): Promise<void> {
    const bytes = encodeEntry(entry);
    const grown = must(await appendLeaves(this.#entries.length, [leafHash(bytes)], async (path) => this.#tiles.get(path)));
    for (const tile of grown.tiles) this.#tiles.set(tile.path, tile.bytes);
    this.#entries.push(Buffer.from(bytes).toString());
    this.#root = grown.root;
  }

  async note(times: readonly (number | undefined)[]): Promise<string> {
    const text = formatCheckpoint({ origin: this.#signer.name, size: this.#entries.length, root: this.#root });
    const body = Buffer.from(text);
    const signatures = [await signNote(body, this.#signer)];
    for (const [index, witness] of witnesses.entries()) {
      const time = times[index];
      if (time !== undefined) signatures.push(await cosign(body, time, witness));
    }
    return formatNote(text, signatures);
  }

  /** The proof of an entry, which is appended if it is new. */
  async prove(entry: LedgerEntry, times: readonly (number | undefined)[]): Promise<string> {
    const leaf = Buffer.from(encodeEntry(entry)).toString();
    if (!this.#entries.includes(leaf)) await this.append(entry);
    const index = this.#entries.indexOf(leaf);
    const hashes = must(await inclusionProof(index, this.#entries.length, async (path) => this.#tiles.get(path)));
    return formatTlogProof({ index, hashes, note: await this.note(times) });
  }

  /** What the first `size` leaves are, as hashes of this tree show it. */
  async prefix(size: number): Promise<readonly Uint8Array[]> {
    return must(await prefixProof(size, this.#entries.length, async (path) => this.#tiles.get(path)));
  }

  /** The log's files as a repository serves them, but for bundles and the checkpoint. */
  get tiles(): ReadonlyMap<string, Uint8Array> {
    return this.#tiles;
  }
}

export function must<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: expected ${outcome.refusal.expected}, found ${outcome.refusal.found}`);
  return outcome.value;
}

/** The refusal's code, or `accepted`. */
export function codeOf(outcome: { readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

/** A statement that every check accepts, but for what a test changes. */
export function statementOf(change: Partial<Statement> = {}): Statement {
  return {
    _type: "release",
    spec: "countersign/1",
    product: "hello",
    version: "1.0.0",
    channel: "stable",
    sequence: 1,
    predecessor: null,
    epoch: 0,
    urgent: false,
    minimumSequence: 0,
    artifacts: [{ platform: "linux-x64", name: "hello.tar.zst", length: 5, sha256: digestOf("bytes"), unpacked: 5, files: 1 }],
    provenance: [digestOf("provenance")],
    privileges: [],
    health: { command: ["bin/hello"], expect: null, timeoutSeconds: 10, attempts: 1 },
    rollout: { overSeconds: 0 },
    ...change,
  };
}

export function orderOf(change: Partial<Order> = {}): Order {
  return {
    _type: "order",
    spec: "countersign/1",
    action: "recall",
    product: "hello",
    channel: "stable",
    number: 1,
    release: digestOf("bad"),
    to: digestOf("good"),
    denials: [],
    overSeconds: null,
    reason: "a test",
    ...change,
  };
}

export function digestOf(text: string): Digest {
  return sha256(Buffer.from(text));
}

/** Provenance of a release as `statementOf` has it, by the builder of the usual policy. */
export const usualProvenance: object = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "hello", digest: { sha256: digestOf("bytes") } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://ci.example/build/v1",
      externalParameters: { workflow: "release.yml" },
      resolvedDependencies: [{ uri: "git+https://git.example/hello", digest: { gitCommit: "0".repeat(40) } }],
    },
    runDetails: { builder: { id: "https://ci.example/runner" } },
  },
};

/** What one person says of a digest. */
export async function say(
  who: Voice,
  decision: Approval["decision"],
  subject: Approval["subject"],
  digest: Digest,
): Promise<Envelope<Approval>> {
  const document: Approval = { _type: "approval", spec: "countersign/1", decision, subject, digest };
  return must(decodeBytes(envelope(approval), await signedBytes(document, who), "approval"));
}

/** A body with approvals and its proof, witnessed at `time` by all. */
export async function entryOf<T extends Statement | Order>(
  body: T,
  approvals: readonly Envelope<Approval>[],
  at: TestLog = new TestLog(),
  time = 1_000_000,
): Promise<Entry<T>> {
  const digest = sha256(canonicalBytes(body));
  const proof = await at.prove({ type: body._type, digest, approvals: approvalsDigest(approvals) }, [time, time, time]);
  return { body, digest, approvals, proof };
}
