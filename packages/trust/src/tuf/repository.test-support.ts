// SPDX-License-Identifier: Apache-2.0
// A plain TUF repository in memory, whose every file a test may make wrong, and a client's store and network for the generators.
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { canonicalBytes, servedBytes } from "../canonical.ts";
import { sha256 } from "../digest.ts";
import { keyidOf, type PublicKey } from "../key.ts";
import { accept, refuse } from "../refusal.ts";
import type { Asking, Effect } from "./asking.ts";
import type { DelegatedRole, SuccinctRoles } from "./delegation.ts";
import type { MetaFile, TargetFile } from "./meta.ts";
import { metadataPath } from "./metadata-path.ts";
import type { TopRole } from "./root.ts";

export interface TestKey {
  readonly keyid: string;
  readonly key: PublicKey;
  readonly privateKey: KeyObject;
}

/** An ed25519 key that is the same in every run. */
export function testKey(name: string): TestKey {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${sha256(Buffer.from(name))}`, "hex");
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const point = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const key: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: point.toString("hex") } };
  return { keyid: keyidOf(key), key, privateKey };
}

/** A metadata file of anything, signed by each. */
export function signedFile(signed: object, ...signers: readonly TestKey[]): Uint8Array {
  const message = canonicalBytes(signed);
  const signatures = signers.map(({ keyid, privateKey }) => ({ keyid, sig: sign(null, message, privateKey).toString("hex") }));
  return servedBytes({ signatures, signed });
}

export function targetOf(text: string): TargetFile {
  const bytes = Buffer.from(text);
  return { length: bytes.length, hashes: { sha256: sha256(bytes) } };
}

export const inTime = "2030-01-01T00:00:00Z";
export const past = "2020-01-01T00:00:00Z";
/** Unix milliseconds. */
export const now: number = Date.parse("2029-01-01T00:00:00Z");

/** Who may sign a role, and who does. */
export interface TestRole {
  version: number;
  expires: string;
  keys: readonly TestKey[];
  threshold: number;
  /** Those who sign it; without it, `keys`. */
  signers?: readonly TestKey[] | undefined;
}

/** A delegation, by whose keys it is. */
export interface TestDelegation extends Partial<Omit<DelegatedRole, "keyids">> {
  readonly name: string;
  readonly keys: readonly TestKey[];
}

export interface TestTargets extends TestRole {
  targets: Record<string, TargetFile>;
  delegations: readonly TestDelegation[];
  succinct?: (Omit<SuccinctRoles, "keyids"> & { readonly keys: readonly TestKey[] }) | undefined;
}

const role = (name: string): TestRole => ({ version: 0, expires: inTime, keys: [testKey(name)], threshold: 1 });

/** What a test changes is in the fields; what it publishes is in `files`, by path. */
export class TestRepository {
  readonly files: Map<string, Uint8Array> = new Map();
  readonly top: { readonly [R in Exclude<TopRole, "targets">]: TestRole } = {
    root: role("root"),
    timestamp: role("timestamp"),
    snapshot: role("snapshot"),
  };
  /** By name; `targets` is the top-level one. */
  readonly targets: Map<string, TestTargets> = new Map();
  meta: Record<string, MetaFile> = {};
  /** Whether snapshot and timestamp list hashes and lengths. */
  hashes = true;
  consistent = true;
  #snapshot: MetaFile = { version: 1 };

  constructor() {
    this.addRole("targets");
    this.publish();
  }

  get anchor(): Uint8Array {
    return this.file("1.root.json");
  }

  file(path: string): Uint8Array {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new Error(`the repository has no ${path}`);
    return bytes;
  }

  addRole(name: string, targets: Record<string, TargetFile> = {}): TestTargets {
    const added = { ...role(name), targets, delegations: [] };
    this.targets.set(name, added);
    return added;
  }

  /** Makes `parent` delegate to `name`, which is added if it is new. */
  delegate(parent: string, name: string, change: Partial<TestDelegation> = {}): TestTargets {
    const child = this.targets.get(name) ?? this.addRole(name);
    const delegation = { name, keys: child.keys, paths: ["*"], ...change };
    this.role(parent).delegations = [...this.role(parent).delegations, delegation];
    return child;
  }

  role(name: string): TestTargets {
    const found = this.targets.get(name);
    if (found === undefined) throw new Error(`the repository has no role ${name}`);
    return found;
  }

  /** Everything, each with the next version. */
  publish(): void {
    this.publishRoot();
    for (const name of this.targets.keys()) this.publishTargets(name);
    this.publishSnapshot();
    this.publishTimestamp();
  }

  publishRoot(): void {
    const { root, timestamp, snapshot } = this.top;
    const roles = { root, timestamp, snapshot, targets: this.role("targets") };
    const named = Object.entries(roles).map(([name, { keys, threshold }]) => [name, { keyids: keys.map(({ keyid }) => keyid), threshold }]);
    const keys = Object.values(roles).flatMap((each) => each.keys.map(({ keyid, key }) => [keyid, key] as const));
    this.#write(
      "root",
      root,
      { consistent_snapshot: this.consistent, keys: Object.fromEntries(keys), roles: Object.fromEntries(named) },
      true,
    );
  }

  publishTargets(name: string): void {
    const fields = this.role(name);
    const { targets, delegations, succinct } = fields;
    const keys = [...delegations, ...(succinct ? [succinct] : [])].flatMap((each) =>
      each.keys.map(({ keyid, key }) => [keyid, key] as const),
    );
    const roles = delegations.map(({ keys, ...delegation }) => ({
      terminating: false,
      threshold: 1,
      keyids: keys.map(({ keyid }) => keyid),
      ...delegation,
    }));
    const { keys: ofBins, ...bins } = succinct ?? { keys: [] };
    const delegated = succinct ? { succinct_roles: { ...bins, keyids: ofBins.map(({ keyid }) => keyid) } } : { roles };
    const body = { targets, ...(keys.length > 0 && { delegations: { keys: Object.fromEntries(keys), ...delegated } }) };
    const bytes = this.#write(name, fields, { _type: "targets", ...body }, this.consistent);
    this.meta[`${name}.json`] = this.#listing(fields.version, bytes);
  }

  publishSnapshot(): void {
    const { snapshot } = this.top;
    this.#snapshot = this.#listing(snapshot.version + 1, this.#write("snapshot", snapshot, { meta: this.meta }, this.consistent));
  }

  publishTimestamp(): void {
    this.#write("timestamp", this.top.timestamp, { meta: { "snapshot.json": this.#snapshot } }, false);
  }

  #write(name: string, fields: TestRole, body: object, versioned: boolean): Uint8Array {
    fields.version++;
    const common = { _type: name, spec_version: "1.0.34", version: fields.version, expires: fields.expires };
    const bytes = signedFile({ ...common, ...body }, ...(fields.signers ?? fields.keys));
    this.files.set(metadataPath(name, versioned ? fields.version : undefined), bytes);
    return bytes;
  }

  #listing(version: number, bytes: Uint8Array): MetaFile {
    return this.hashes ? { version, length: bytes.length, hashes: { sha256: sha256(bytes) } } : { version };
  }
}

/** What a client keeps, by role and, for roots, by `N.root`. */
export type Store = Map<string, Uint8Array>;

/** What came of a part of the workflow, and what was asked for on the way. */
export interface Driven<R> {
  readonly result: R;
  /** Paths, in order. */
  readonly requests: readonly string[];
  readonly effects: readonly Effect[];
}

/** Runs a part of the workflow against files and a store. */
export function drive<R>(asking: Asking<R>, files: ReadonlyMap<string, Uint8Array>, store: Store = new Map()): Driven<R> {
  const effects: Effect[] = [];
  let next = asking.next();
  while (!next.done) {
    const effect = next.value;
    effects.push(effect);
    next = asking.next(perform(effect, files, store));
  }
  return { result: next.value, effects, requests: effects.flatMap((effect) => (effect.kind === "fetch" ? [effect.path] : [])) };
}

function perform(
  effect: Effect,
  files: ReadonlyMap<string, Uint8Array>,
  store: Store,
): ReturnType<typeof accept<Uint8Array | undefined>> | ReturnType<typeof refuse> {
  if (effect.kind === "fetch") {
    const bytes = files.get(effect.path);
    return bytes !== undefined && bytes.length > effect.maxBytes
      ? refuse("too-long", `${effect.maxBytes}`, `${bytes.length}`, "")
      : accept(bytes);
  }
  if (effect.kind === "read") return accept(store.get(effect.version === undefined ? effect.role : `${effect.version}.${effect.role}`));
  if (effect.kind === "forget") store.delete(effect.role);
  if (effect.kind === "keep") store.set(effect.role === "root" ? `${effect.version}.root` : effect.role, effect.bytes);
  return accept(undefined);
}
