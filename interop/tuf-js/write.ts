// SPDX-License-Identifier: Apache-2.0
import { type Metadata as AnyMetadata, Metadata, Root, Signature, Snapshot, Targets, Timestamp } from "@tufjs/models";
import { contentOf, type Described, type DescribedRole, type Feature } from "../feature.ts";
import { type InteropKey, newKey } from "../key.ts";
import { putFile, putTarget, sha256 } from "../repository-files.ts";

const common = { spec_version: "1.0.0", expires: "2090-01-01T00:00:00Z" };
const topRoles = ["root", "timestamp", "snapshot", "targets"] as const;

/** Writes the repository that a feature describes with the models of tuf-js: their forms, their canonical form, their signatures. */
export function writeTufJs(feature: Feature, directory: string): void {
  const writer = new Writer(feature, directory);
  writer.write();
}

class Writer {
  readonly #feature: Feature;
  readonly #directory: string;
  readonly #consistent: boolean;
  readonly #meta: Record<string, { version: number }> = {};

  constructor(feature: Feature, directory: string) {
    this.#feature = feature;
    this.#directory = directory;
    this.#consistent = feature.consistent ?? true;
  }

  write(): void {
    const keys = Object.fromEntries(topRoles.map((role) => [role, this.#keys()])) as Record<
      (typeof topRoles)[number],
      readonly InteropKey[]
    >;
    this.#putRoot(keys, 1, keys.root);
    for (let version = 2; version <= (this.#feature.roots ?? 1); version++) {
      const rotated = version % 2 === 0 ? "root" : "timestamp";
      const before = keys.root;
      keys[rotated] = this.#keys();
      this.#putRoot(keys, version, rotated === "root" ? [...before, ...keys.root] : before);
    }
    this.#role("targets", this.#feature.targets, keys.targets);
    this.#put("snapshot", new Metadata(Snapshot.fromJSON({ _type: "snapshot", ...common, version: 1, meta: this.#meta })), keys.snapshot);
    const meta = { "snapshot.json": { version: 1 } };
    this.#put("timestamp", new Metadata(Timestamp.fromJSON({ _type: "timestamp", ...common, version: 1, meta })), keys.timestamp);
  }

  #putRoot(keys: Readonly<Record<string, readonly InteropKey[]>>, version: number, signers: readonly InteropKey[]): void {
    const root = Root.fromJSON({
      _type: "root",
      ...common,
      version,
      consistent_snapshot: this.#consistent,
      keys: keyTable(Object.values(keys).flat()),
      roles: Object.fromEntries(Object.entries(keys).map(([role, held]) => [role, this.#quorum(held)])),
    });
    this.#put("root", new Metadata(root), signers);
  }

  #role(name: string, { targets: listed, roles = [], bins }: Described, keys: readonly InteropKey[]): void {
    const held = roles.map((role) => [role, this.#keys()] as const);
    const ofBins = bins === undefined ? [] : this.#keys();
    const delegations =
      bins === undefined
        ? { keys: keyTable(held.flatMap(([, own]) => own)), roles: held.map(([role, own]) => this.#delegation(role, own)) }
        : { keys: keyTable(ofBins), succinct_roles: { ...this.#quorum(ofBins), bit_length: bins.bits, name_prefix: bins.prefix } };
    const targets = Targets.fromJSON({ ...this.#empty(listed), ...(roles.length > 0 || bins !== undefined ? { delegations } : {}) });
    this.#put(name, new Metadata(targets), keys);
    for (const [role, own] of held) this.#role(role.name, role, own);
    const succinct = targets.delegations?.succinctRoles;
    for (const bin of succinct?.getRoles() ?? []) {
      const within = (bins?.targets ?? []).filter((path) => succinct?.getRoleForTarget(path) === bin);
      this.#put(bin, new Metadata(Targets.fromJSON(this.#empty(within))), ofBins);
    }
  }

  /** A targets role that lists these, and delegates to nobody. */
  #empty(listed: readonly string[]): Parameters<typeof Targets.fromJSON>[0] {
    for (const path of listed) putTarget(this.#directory, path, this.#consistent);
    const files = listed.map((path) => [path, { length: contentOf(path).length, hashes: { sha256: sha256(contentOf(path)) } }] as const);
    return { _type: "targets", ...common, version: 1, targets: Object.fromEntries(files) };
  }

  #delegation(
    { name, terminating = false, paths, hashPrefixes }: DescribedRole,
    keys: readonly InteropKey[],
  ): ReturnType<typeof JSON.parse> {
    return { name, terminating, ...this.#quorum(keys), ...(paths === undefined ? { path_hash_prefixes: hashPrefixes } : { paths }) };
  }

  #quorum(keys: readonly InteropKey[]): { keyids: string[]; threshold: number } {
    return { keyids: keys.map(({ keyid }) => keyid), threshold: this.#feature.threshold ?? 1 };
  }

  #keys(): readonly InteropKey[] {
    return Array.from({ length: this.#feature.keys ?? 1 }, () => newKey(this.#feature.scheme ?? "ed25519"));
  }

  #put(role: string, metadata: AnyMetadata<Root | Snapshot | Targets | Timestamp>, signers: readonly InteropKey[]): void {
    for (const key of signers) metadata.sign((message) => new Signature({ keyID: key.keyid, sig: key.signNow(message).toString("hex") }));
    const { version } = metadata.signed;
    const versioned = role === "root" || (role !== "timestamp" && this.#consistent);
    putFile(this.#directory, `metadata/${versioned ? `${version}.` : ""}${role}.json`, Buffer.from(JSON.stringify(metadata.toJSON())));
    if (metadata.signed instanceof Targets) this.#meta[`${role}.json`] = { version };
  }
}

function keyTable(keys: readonly InteropKey[]): Record<string, ReturnType<typeof JSON.parse>> {
  return Object.fromEntries(keys.map(({ keyid, tuf }) => [keyid, tuf]));
}
