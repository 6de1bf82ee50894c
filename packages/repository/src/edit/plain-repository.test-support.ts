// SPDX-License-Identifier: Apache-2.0
import { constants, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import type { SigningKey } from "../sign-document.ts";
import { targetFileOf } from "../target-path.ts";
import { firstRoot, firstTargets } from "./first.ts";
import { type Edition, publication } from "./publication.ts";
import { revise } from "./revise.ts";
import { replaceTopKey } from "./root-edits.ts";
import type { Change } from "./splice.ts";
import { setTarget } from "./target-edits.ts";

export interface TestKey extends SigningKey {
  readonly tuf: PublicKey;
}

export function ed25519(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const tuf: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { keyid: keyidOf(tuf), tuf, sign: async (message) => sign(null, message, privateKey) };
}

export function p256(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const tuf: PublicKey = {
    keytype: "ecdsa",
    scheme: "ecdsa-sha2-nistp256",
    keyval: { public: publicKey.export({ type: "spki", format: "pem" }).toString() },
  };
  return { keyid: keyidOf(tuf), tuf, sign: async (message) => sign("sha256", message, privateKey) };
}

export function rsaPss(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const tuf: PublicKey = { keytype: "rsa", scheme: "rsassa-pss-sha256", keyval: { public: pem } };
  const key = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return { keyid: keyidOf(tuf), tuf, sign: async (message) => sign("sha256", message, key) };
}

export const expires = "2090-01-01T00:00:00Z";
const day = { snapshot: expires, timestamp: expires };

/** A plain TUF repository in memory, with its keys: edited and published through the functions under test. */
export class PlainRepository {
  /** What is served: `metadata/…` and `targets/…`. */
  readonly files: Map<string, Uint8Array> = new Map();
  readonly roles: Map<string, Uint8Array> = new Map();
  readonly keys: Map<string, readonly TestKey[]> = new Map();
  edition: Edition;

  constructor(keys: Readonly<Record<"root" | "timestamp" | "snapshot" | "targets", TestKey>>) {
    for (const [role, key] of Object.entries(keys)) this.keys.set(role, [key]);
    const role = (name: keyof typeof keys) => ({ keys: [keys[name].tuf], threshold: 1 });
    const root = firstRoot(
      { root: role("root"), timestamp: role("timestamp"), snapshot: role("snapshot"), targets: role("targets") },
      expires,
    );
    this.edition = { root, snapshot: undefined, timestamp: undefined };
  }

  static async create(keys: ConstructorParameters<typeof PlainRepository>[0]): Promise<PlainRepository> {
    const repository = new PlainRepository(keys);
    await repository.publish(
      new Map([
        ["root", repository.edition.root],
        ["targets", firstTargets(expires)],
      ]),
    );
    return repository;
  }

  role(name: string): Uint8Array {
    const message = name === "root" ? this.edition.root : this.roles.get(name);
    if (message === undefined) throw new Error(`no role ${name}`);
    return message;
  }

  /** Publishes these messages, and answers the names of the files that were written. */
  async publish(changed: ReadonlyMap<string, Uint8Array>, listing?: "digests" | "versions"): Promise<readonly string[]> {
    const terms = { keysOf: (role: string) => this.#keysOf(role), expires: day };
    const { files, edition } = await publication(this.edition, changed, listing === undefined ? terms : { ...terms, listing });
    for (const [name, bytes] of files) this.files.set(`metadata/${name}`, bytes);
    for (const [role, message] of changed) if (role !== "root") this.roles.set(role, message);
    this.edition = edition;
    return [...files.keys()];
  }

  edit(role: string, changes: readonly Change[]): Promise<readonly string[]> {
    return this.publish(new Map([[role, revise(this.role(role), expires, changes)]]));
  }

  async addTarget(role: string, path: string, content: string): Promise<readonly string[]> {
    const bytes = Buffer.from(content);
    const file = targetFileOf(bytes);
    const name = path.lastIndexOf("/") + 1;
    this.files.set(`targets/${path.slice(0, name)}${file.hashes.sha256}.${path.slice(name)}`, bytes);
    return this.edit(role, [setTarget(path, file)]);
  }

  /** Replaces the one key of a top-level role, and signs again what it signed. */
  async rotate(role: "root" | "timestamp" | "snapshot" | "targets", by: TestKey): Promise<void> {
    const [old] = this.keys.get(role) ?? [];
    if (old === undefined) throw new Error(`no key of ${role}`);
    const root = revise(this.edition.root, expires, replaceTopKey(this.edition.root, old.keyid, { key: by.tuf }));
    const changed = new Map([["root", root]]);
    if (role === "targets") changed.set("targets", revise(this.role("targets"), expires));
    this.keys.set(role, role === "root" ? [old, by] : [by]);
    await this.publish(changed);
    this.keys.set(role, [by]);
  }

  /** Bins are signed with the keys of their prefix. */
  #keysOf(role: string): readonly TestKey[] {
    return this.keys.get(role) ?? this.keys.get(role.replace(/-[0-9a-f]+$/, "")) ?? [];
  }
}

/** Serves files from memory on loopback. */
export async function serveFiles(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<{ readonly url: string; readonly requests: string[] } & Disposable> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").slice(1));
    requests.push(path);
    const bytes = files.get(path);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
