// SPDX-License-Identifier: Apache-2.0
// A TUF repository of somebody else's making, on a real server, for the tests of this folder: honest unless a test bends it.

import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { ServerResponse } from "node:http";
import { canonicalBytes } from "@countersign/trust/canonical";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { serve } from "../servers.test-support.ts";

/** A metadata document as it is written; a test changes what it likes. */
export interface Document {
  version: number;
  expires: string;
  [field: string]: unknown;
}

interface Signer {
  readonly keyid: string;
  readonly key: PublicKey;
  readonly secret: KeyObject;
}

export function signer(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const key: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw.toString("hex") } };
  return { keyid: keyidOf(key), key, secret: privateKey };
}

const topRoles = ["root", "timestamp", "snapshot", "targets"];

export class TestRepository {
  /** Who signs a role; a test may take keys away or add some of its own. */
  readonly signers: Map<string, Signer[]> = new Map();
  readonly documents: Map<string, Document> = new Map();
  /** What is served, by path below the URL. */
  readonly files: Map<string, Uint8Array> = new Map();
  /** What was asked for, in order. */
  readonly requests: string[] = [];
  /** Answers in the server's place where it returns true. */
  interfere: (path: string, response: ServerResponse) => boolean = () => false;
  url = "";

  /** One with root, targets, snapshot and timestamp at version 1 and no targets. */
  static async start(change: { readonly consistent_snapshot?: boolean } = {}): Promise<TestRepository> {
    const repository = new TestRepository();
    for (const role of topRoles) repository.signers.set(role, [signer()]);
    repository.#add("root", { consistent_snapshot: true, keys: {}, roles: {}, ...change });
    repository.#add("targets", { targets: {} });
    repository.#add("snapshot", { meta: {} });
    repository.#add("timestamp", { meta: {} });
    repository.publish(...topRoles);
    repository.url = await serve((request, response) => {
      const path = (request.url ?? "").slice(1);
      repository.requests.push(path);
      if (repository.interfere(path, response)) return;
      const bytes = repository.files.get(path.startsWith("targets/") ? decodeURIComponent(path) : path);
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    return repository;
  }

  get metadataUrl(): string {
    return `${this.url}metadata`;
  }

  get targetsUrl(): string {
    return `${this.url}targets`;
  }

  /** The root that a client is given. */
  get anchor(): Uint8Array {
    return this.#served("1.root");
  }

  document(role: string): Document {
    const document = this.documents.get(role);
    if (document === undefined) throw new Error(`no such role: ${role}`);
    return document;
  }

  /** Signs new versions of these roles, delegated ones first, and serves them. */
  publish(...roles: readonly string[]): void {
    for (const role of roles.toSorted((one, other) => rank(one) - rank(other))) {
      const document = this.document(role);
      if (role === "root") this.#fillRoot(document);
      if (role === "snapshot") document["meta"] = { ...(document["meta"] as object), ...this.#listed("targets", ...this.delegated) };
      if (role === "timestamp") document["meta"] = this.#listed("snapshot");
      document.version++;
      this.serve(role);
    }
  }

  /** A release in one go: a change to these targets roles, and what goes with it. */
  release(...roles: readonly string[]): void {
    this.publish(...roles, "snapshot", "timestamp");
  }

  /** Signs a role's document as it stands, and serves it. */
  serve(role: string): void {
    const signed = this.document(role);
    const message = canonicalBytes(signed);
    const signatures = (this.signers.get(role) ?? []).map(({ keyid, secret }) => ({
      keyid,
      sig: sign(null, message, secret).toString("hex"),
    }));
    const versioned = role !== "timestamp" && (role === "root" || this.document("root")["consistent_snapshot"] === true);
    const name = encodeURIComponent(role);
    this.files.set(
      `metadata/${versioned ? `${signed.version}.` : ""}${name}.json`,
      Buffer.from(JSON.stringify({ signatures, signed }, undefined, 1)),
    );
  }

  get delegated(): readonly string[] {
    return [...this.documents.keys()].filter((role) => !topRoles.includes(role));
  }

  /** Lets `parent` delegate to a role with a key of its own. Neither is published yet. */
  delegate(parent: string, name: string, change: object): void {
    const own = this.signers.get(name) ?? [signer()];
    this.signers.set(name, own);
    const document = this.document(parent);
    const before = document["delegations"] as { readonly keys: object; readonly roles: readonly object[] } | undefined;
    const role = { name, keyids: own.map(({ keyid }) => keyid), threshold: 1, terminating: false, ...change };
    document["delegations"] = { keys: { ...before?.keys, ...keysOf(own) }, roles: [...(before?.roles ?? []), role] };
    if (!this.documents.has(name)) this.#add(name, { _type: "targets", targets: {} });
  }

  /** Lets `targets` delegate everything to bins of one key (TAP 15), all empty and published. */
  delegateBins(prefix: string, bits: number): void {
    const own = [signer()];
    const succinct_roles = { keyids: own.map(({ keyid }) => keyid), threshold: 1, bit_length: bits, name_prefix: prefix };
    this.document("targets")["delegations"] = { keys: keysOf(own), succinct_roles };
    const bins = Array.from({ length: 2 ** bits }, (_, bin) => `${prefix}-${bin.toString(16).padStart(Math.ceil(bits / 4), "0")}`);
    for (const bin of bins) {
      this.signers.set(bin, own);
      this.#add(bin, { _type: "targets", targets: {} });
    }
    this.publish(...bins, "targets");
  }

  /** Lists a target in a role and serves its bytes; the role is not published yet. */
  addTarget(role: string, path: string, bytes: Uint8Array | string, algorithms: readonly string[] = ["sha256"]): void {
    const content = Buffer.from(bytes);
    const hashes = Object.fromEntries(algorithms.map((algorithm) => [algorithm, createHash(algorithm).update(content).digest("hex")]));
    (this.document(role)["targets"] as Record<string, unknown>)[path] = { length: content.length, hashes };
    const [, directory = "", name = ""] = /^(.*\/)?([^/]*)$/.exec(path) ?? [];
    this.files.set(`targets/${path}`, content);
    for (const hash of Object.values(hashes)) this.files.set(`targets/${directory}${hash}.${name}`, content);
  }

  #add(role: string, fields: object): void {
    this.documents.set(role, { _type: role, spec_version: "1.0.34", version: 0, expires: "2100-01-01T00:00:00Z", ...fields });
  }

  #fillRoot(document: Document): void {
    const all = topRoles.map((role) => [role, this.signers.get(role) ?? []] as const);
    const trusted = all.map(([role, keys]) => [role, role === "root" ? keys.slice(-1) : keys] as const);
    document["keys"] = Object.assign({}, ...trusted.map(([, keys]) => keysOf(keys)));
    document["roles"] = Object.fromEntries(trusted.map(([role, keys]) => [role, { keyids: keys.map(({ keyid }) => keyid), threshold: 1 }]));
  }

  #listed(...roles: readonly string[]): object {
    return Object.fromEntries(roles.map((role) => [`${role}.json`, { version: this.document(role).version }]));
  }

  #served(name: string): Uint8Array {
    const bytes = this.files.get(`metadata/${name}.json`);
    if (bytes === undefined) throw new Error(`not served: ${name}`);
    return bytes;
  }
}

function rank(role: string): number {
  return ["targets", "snapshot", "timestamp", "root"].indexOf(role);
}

function keysOf(signers: readonly Signer[]): Record<string, PublicKey> {
  return Object.fromEntries(signers.map(({ keyid, key }) => [keyid, key]));
}
