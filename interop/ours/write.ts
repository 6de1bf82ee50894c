// SPDX-License-Identifier: Apache-2.0
import { hashBin } from "@countersign/repository/edit/bins";
import { delegate } from "@countersign/repository/edit/delegation-edits";
import { firstRoot, firstTargets } from "@countersign/repository/edit/first";
import { type Edition, publication } from "@countersign/repository/edit/publication";
import { revise } from "@countersign/repository/edit/revise";
import { replaceTopKey } from "@countersign/repository/edit/root-edits";
import { splice } from "@countersign/repository/edit/splice";
import { setTarget } from "@countersign/repository/edit/target-edits";
import { targetFileOf } from "@countersign/repository/target-path";
import { contentOf, type Described, type DescribedRole, type Feature } from "../feature.ts";
import { type InteropKey, newKey } from "../key.ts";
import { putFile, putTarget } from "../repository-files.ts";

const expires = "2090-01-01T00:00:00Z";
type Top = "root" | "timestamp" | "snapshot" | "targets";

/** Writes the repository that a feature describes with our editor, as somebody would who makes it step by step. */
export async function writeOurs(feature: Feature, directory: string): Promise<void> {
  const writer = new Writer(feature, directory);
  await writer.found();
  for (let version = 2; version <= (feature.roots ?? 1); version++) await writer.rotate(version % 2 === 0 ? "root" : "timestamp");
}

class Writer {
  readonly #feature: Feature;
  readonly #directory: string;
  readonly #keys = new Map<string, readonly InteropKey[]>();
  #edition: Edition | undefined;

  constructor(feature: Feature, directory: string) {
    this.#feature = feature;
    this.#directory = directory;
  }

  async found(): Promise<void> {
    const { consistent = true, targets } = this.#feature;
    const quorum = (role: Top) => this.#quorum(role);
    const written = firstRoot(
      { root: quorum("root"), timestamp: quorum("timestamp"), snapshot: quorum("snapshot"), targets: quorum("targets") },
      expires,
    );
    const root = splice(written, [{ path: ["consistent_snapshot"], value: consistent }]);
    await this.#publish(new Map([["root", root], ...this.#role("targets", targets)]));
  }

  /** Another key for a role of the root; a root is signed with the old and the new. */
  async rotate(role: Top): Promise<void> {
    const [old] = this.#keys.get(role) ?? [];
    if (old === undefined || this.#edition === undefined) throw new Error(`no key of ${role}`);
    const by = newKey(this.#feature.scheme ?? "ed25519");
    const { root } = this.#edition;
    this.#keys.set(role, role === "root" ? [old, by] : [by]);
    await this.#publish(new Map([["root", revise(root, expires, replaceTopKey(root, old.keyid, { key: by.tuf }))]]));
    this.#keys.set(role, [by]);
  }

  /** The messages of a role and of everything below it, by role name. */
  #role(name: string, described: Described): readonly (readonly [string, Uint8Array])[] {
    const { targets, roles = [], bins } = described;
    const listed = [...targets, ...(bins?.targets ?? [])];
    for (const path of listed) putTarget(this.#directory, path, this.#feature.consistent ?? true);
    let message = splice(
      firstTargets(expires),
      listed.map((path) => setTarget(path, targetFileOf(contentOf(path)))),
    );
    if (bins !== undefined) {
      const quorum = this.#quorum(bins.prefix);
      return [...hashBin(name, message, { namePrefix: bins.prefix, bitLength: bins.bits, ...quorum }, expires)];
    }
    for (const role of roles) message = splice(message, delegate(message, this.#delegation(role)));
    return [[name, message], ...roles.flatMap((role) => this.#role(role.name, role))];
  }

  #delegation({ name, paths, hashPrefixes = [], terminating = false }: DescribedRole): Parameters<typeof delegate>[1] {
    const common = { name, terminating, ...this.#quorum(name) };
    return paths === undefined ? { ...common, pathHashPrefixes: hashPrefixes } : { ...common, paths };
  }

  /** New keys for a role. */
  #quorum(role: string): { readonly keys: readonly InteropKey["tuf"][]; readonly threshold: number } {
    const { keys = 1, threshold = 1, scheme = "ed25519" } = this.#feature;
    const made = Array.from({ length: keys }, () => newKey(scheme));
    this.#keys.set(role, made);
    return { keys: made.map(({ tuf }) => tuf), threshold };
  }

  async #publish(changed: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const edition = this.#edition ?? { root: changed.get("root") ?? new Uint8Array(), snapshot: undefined, timestamp: undefined };
    const keysOf = (role: string) => this.#keys.get(role) ?? this.#keys.get(role.replace(/-[0-9a-f]+$/, "")) ?? [];
    const published = await publication(edition, changed, { keysOf, expires: { snapshot: expires, timestamp: expires } });
    for (const [name, bytes] of published.files) putFile(this.#directory, `metadata/${name}`, bytes);
    this.#edition = published.edition;
  }
}
