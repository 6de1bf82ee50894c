// SPDX-License-Identifier: Apache-2.0
// The specification's client workflow once more, over metadata that is merely described: no bytes, no signatures, no code shared with what
// it is the measure of. It is written to be compared with the text of the specification, line by line.

/** Names of keys and how many of them it takes. */
export interface ModelRole {
  readonly keys: readonly string[];
  readonly threshold: number;
}

interface Common {
  readonly version: number;
  readonly expired: boolean;
  readonly signers: readonly string[];
  /** Cut off, so that it is no document at all. */
  readonly truncated: boolean;
  /** Tells files apart that are alike in everything else. */
  readonly salt: number;
}

export type OnlineRole = "timestamp" | "snapshot" | "targets";

export interface ModelRoot extends Common {
  readonly type: "root";
  readonly roles: Readonly<Record<"root" | OnlineRole, ModelRole>>;
}

/** How a file names another: always by version, and by the file itself where it has hashes. */
export interface ModelListing {
  readonly version: number;
  readonly file: ModelFile | undefined;
}

export interface ModelTimestamp extends Common {
  readonly type: "timestamp";
  readonly snapshot: ModelListing;
}

export interface ModelSnapshot extends Common {
  readonly type: "snapshot";
  readonly meta: ReadonlyMap<string, ModelListing>;
}

export interface ModelDelegation extends ModelRole {
  readonly role: string;
  readonly covers: boolean;
  readonly terminating: boolean;
}

export interface ModelTargets extends Common {
  readonly type: "targets";
  readonly lists: boolean;
  readonly delegations: readonly ModelDelegation[];
}

export type ModelFile = ModelRoot | ModelTimestamp | ModelSnapshot | ModelTargets;

/** What is served, by path. */
export type ModelWorld = ReadonlyMap<string, ModelFile>;

/** A client that follows the specification to the letter. What it has is compared with what the real one has. */
export class ModelClient {
  root: ModelRoot;
  timestamp: ModelTimestamp | undefined;
  snapshot: ModelSnapshot | undefined;
  readonly targets: Map<string, ModelTargets> = new Map();

  constructor(root: ModelRoot) {
    this.root = root;
  }

  /** TUF 5.3 to 5.6.6. True if the update cycle was not aborted. */
  refresh(world: ModelWorld): boolean {
    return this.#updateRoot(world) && this.#updateTimestamp(world) && this.#updateSnapshot(world) && this.#updateTargets(world);
  }

  #updateRoot(world: ModelWorld): boolean {
    for (;;) {
      const next = world.get(`${this.root.version + 1}.root.json`);
      if (next === undefined) break;
      if (next.type !== "root" || next.truncated) return false;
      if (!signedBy(next, this.root.roles.root) || !signedBy(next, next.roles.root)) return false;
      if (next.version !== this.root.version + 1) return false;
      this.root = next;
    }
    if (this.root.expired) return false;
    const { timestamp, snapshot } = this.root.roles;
    const rotated =
      (this.timestamp !== undefined && !signedBy(this.timestamp, timestamp)) ||
      (this.snapshot !== undefined && !signedBy(this.snapshot, snapshot));
    if (rotated) this.timestamp = this.snapshot = undefined;
    return true;
  }

  #updateTimestamp(world: ModelWorld): boolean {
    const next = world.get("timestamp.json");
    if (next?.type !== "timestamp" || next.truncated || !signedBy(next, this.root.roles.timestamp)) return false;
    const old = this.timestamp;
    if (old !== undefined && next.version < old.version) return false;
    if (old !== undefined && next.version === old.version) return !old.expired;
    if (old !== undefined && next.snapshot.version < old.snapshot.version) return false;
    if (next.expired) return false;
    this.timestamp = next;
    return true;
  }

  #updateSnapshot(world: ModelWorld): boolean {
    const listed = this.timestamp?.snapshot;
    if (listed === undefined) return false;
    for (const next of [this.snapshot, world.get(`${listed.version}.snapshot.json`)]) {
      if (next?.type !== "snapshot" || next.truncated || !isListed(next, listed)) continue;
      if (!signedBy(next, this.root.roles.snapshot) || next.expired || !this.#keepsVersions(next)) continue;
      this.snapshot = next;
      return true;
    }
    return false;
  }

  #keepsVersions(next: ModelSnapshot): boolean {
    return [...(this.snapshot?.meta ?? [])].every(([name, { version }]) => (next.meta.get(name)?.version ?? 0) >= version);
  }

  #updateTargets(world: ModelWorld): boolean {
    return this.#obtain(world, "targets", this.root.roles.targets) !== undefined;
  }

  /** TUF 5.6.1 to 5.6.6 for any targets role, under the keys of whoever delegates to it. */
  #obtain(world: ModelWorld, role: string, authority: ModelRole): ModelTargets | undefined {
    const listed = this.snapshot?.meta.get(`${role}.json`);
    if (listed === undefined) return undefined;
    for (const next of [this.targets.get(role), world.get(`${listed.version}.${role}.json`)]) {
      if (next?.type !== "targets" || next.truncated || !isListed(next, listed) || !signedBy(next, authority) || next.expired) continue;
      this.targets.set(role, next);
      return next;
    }
    return undefined;
  }

  /** TUF 5.6.7: who speaks for the one target of this world, after a refresh. */
  lookup(world: ModelWorld): string | undefined {
    const visited = new Set<string>();
    let over = false;
    const search = (role: string, authority: ModelRole): string | undefined => {
      if (visited.has(role)) return undefined;
      visited.add(role);
      const file = role === "targets" ? this.targets.get(role) : this.#obtain(world, role, authority);
      if (file === undefined) over = true;
      if (file === undefined || file.lists) return file && role;
      for (const delegation of file.delegations) {
        if (!delegation.covers) continue;
        const found = search(delegation.role, delegation);
        if (found !== undefined || over) return found;
        if (delegation.terminating) over = true;
        if (over) return undefined;
      }
      return undefined;
    };
    return search("targets", this.root.roles.targets);
  }
}

function signedBy({ signers }: Common, { keys, threshold }: ModelRole): boolean {
  return new Set(signers.filter((key) => keys.includes(key))).size >= threshold;
}

function isListed(file: ModelFile, listed: ModelListing): boolean {
  return file.version === listed.version && (listed.file === undefined || listed.file === file);
}
