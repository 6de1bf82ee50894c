// SPDX-License-Identifier: Apache-2.0
// A repository with one release, served over http, and a device on which that release runs. Publish can date it anew, as it does every few minutes.

import { mkdtempDisposable } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { expires, people, policyOf, rootOf, spec_version, targetsOf } from "@countersign/trust/founding.test-support";
import { headDocument } from "@countersign/trust/release/head";
import { digestOf, entryOf, say, signDocument, signedBytes, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import { createDevice, type DeviceConfig } from "./device.ts";
import * as slots from "./slots.ts";

const { alice, bob, carol, publisher, revoker } = people;
const now = Math.floor(Date.now() / 1000);
const times = [now, now, now];
const directory = "stable/hello/linux-x64";
const fileOf = (bytes: Uint8Array) => ({ length: bytes.length, hashes: { sha256: sha256(bytes) } });

export class Published {
  readonly files: Map<string, Uint8Array> = new Map();
  readonly #log = new TestLog();
  #snapshot: Uint8Array = Buffer.of();
  #version = 0;

  static async lay(): Promise<Published> {
    const published = new Published();
    const { files } = published;
    const policy = servedBytes(policyOf());
    const root = await signedBytes(rootOf(), alice, bob);
    const targets = await signedBytes(targetsOf({ "policy.json": fileOf(policy) }), alice, bob);
    const body = statementOf();
    const release = await entryOf(body, [await say(carol, "propose", "release", digestOf("unused"))], published.#log, now);
    const place = { product: "hello", platform: "linux-x64", channel: "stable" } as const;
    const head = servedBytes(headDocument({ _type: "head", spec: "countersign/1", ...place, releases: [release], orders: [] }));
    const listed = { [`${directory}/head.json`]: fileOf(head) };
    const channel = await signedBytes({ _type: "targets", spec_version, version: 1, expires, targets: listed }, alice, bob);
    await published.#log.append({ type: "targets", digest: sha256(targets) });
    await published.#log.append({ type: "channel", digest: sha256(channel) });
    await published.#prove("targets", targets); // both under the checkpoint that the timestamp carries: no tiles are served here
    await published.#prove("channel", channel);
    const meta = { "targets.json": { version: 1, ...fileOf(targets) }, "stable.json": { version: 1, ...fileOf(channel) } };
    published.#snapshot = await signedBytes({ _type: "snapshot", spec_version, version: 1, expires, meta }, publisher);
    files.set("metadata/1.root.json", root);
    files.set("metadata/1.snapshot.json", published.#snapshot);
    files.set("metadata/1.targets.json", targets);
    files.set("metadata/1.stable.json", channel);
    files.set(`targets/${sha256(policy)}.policy.json`, policy);
    files.set(`targets/${directory}/${sha256(head)}.head.json`, head);
    await published.#date();
    return published;
  }

  async #prove(type: "targets" | "channel", bytes: Uint8Array): Promise<void> {
    this.files.set(`proofs/${sha256(bytes)}.tlog-proof`, Buffer.from(await this.#log.prove({ type, digest: sha256(bytes) }, times)));
  }

  /** A new timestamp and a new revocation list, under a ledger that has grown; nothing else is new. */
  async date(): Promise<void> {
    await this.#log.append({ type: "policy", digest: digestOf(`somebody else's ${this.#version}`) });
    await this.#date();
  }

  async #date(): Promise<void> {
    const version = ++this.#version;
    const checkpoint = await this.#log.note(times);
    const list = { _type: "revocations", spec: "countersign/1", revoker: "security", version, checkpoint, seen: {}, denials: [] };
    const lists = { _type: "revocation-lists", lists: [await signDocument(list, revoker)] };
    this.files.set("revocations/latest", servedBytes(lists));
    const meta = { "snapshot.json": { version: 1, ...fileOf(this.#snapshot) } };
    const timestamp = { _type: "timestamp", spec_version, version, expires, meta, countersign: { checkpoint } };
    this.files.set("metadata/timestamp.json", await signedBytes(timestamp, publisher));
  }

  /** Answers as a static server does. */
  get answer(): RequestListener {
    return ({ url = "" }, response) => {
      const bytes = this.files.get(url.slice(1));
      response.writeHead(bytes === undefined ? 404 : 200, { "content-length": bytes?.length ?? 0 }).end(bytes);
    };
  }
}

/** A device on which the release runs; it has not looked yet. Disposing of it removes it. */
export async function upToDate(
  url: string,
  root: Uint8Array | undefined,
  config: Partial<DeviceConfig> = {},
): Promise<AsyncDisposable & { readonly path: string }> {
  const device = await mkdtempDisposable(join(tmpdir(), "countersign-up-to-date-"));
  const place = { product: "hello", platform: "linux-x64", channel: "stable", id: "d", privileges: [], installer: "directory" } as const;
  await createDevice(device.path, { ...place, url: url.replace(/\/$/, ""), ...config }, root ?? Buffer.of());
  const staging = await slots.prepare(device.path);
  const { version, sequence, epoch } = statementOf();
  const record = { release: sha256(servedBytes(statementOf())), sequence, epoch, version, manifest: { files: [] } };
  await slots.switchTo(device.path, await slots.place(device.path, staging, record));
  return device;
}
