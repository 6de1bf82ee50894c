// SPDX-License-Identifier: Apache-2.0
// A repository with one release, served over http, and a device on which that release runs. Publish can date it anew, as it does every few minutes.

import { mkdtempDisposable } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { expires, people, policyOf, rootOf, spec_version, targetsOf } from "@countersign/trust/founding.test-support";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { Policy } from "@countersign/trust/policy/policy";
import { headDocument } from "@countersign/trust/release/head";
import type { Denial } from "@countersign/trust/revocation/list";
import {
  digestOf,
  entryOf,
  ledger,
  movedFields,
  must,
  nextLog,
  say,
  signDocument,
  signedBytes,
  statementOf,
  TestLog,
} from "@countersign/trust/simulator.test-support";
import { createDevice, type DeviceConfig } from "./device.ts";
import * as slots from "./slots.ts";

const { alice, bob, carol, publisher, revoker } = people;
const now = Math.floor(Date.now() / 1000);
const times = [now, now, now];
const directory = "stable/hello/linux-x64";
const fileOf = (bytes: Uint8Array) => ({ length: bytes.length, hashes: { sha256: sha256(bytes) } });

/** What is new besides the date: the ledger has grown, it was cosigned some seconds later, and what the revoker says. */
interface Dating {
  readonly grown?: boolean;
  readonly later?: number;
  readonly denials?: readonly Denial[];
}

export class Published {
  readonly files: Map<string, Uint8Array> = new Map();
  #log = new TestLog();
  #former = this.#log;
  #targets: Uint8Array = Buffer.of();
  #listed: Readonly<Record<string, ReturnType<typeof fileOf>>> = {};
  #channelVersion = 0;
  #snapshot: Uint8Array = Buffer.of();
  #version = 0;

  static async lay(change: { readonly policy?: Partial<Policy>; readonly root?: object } = {}): Promise<Published> {
    const published = new Published();
    const { files } = published;
    const policy = servedBytes(policyOf(change.policy));
    const root = await signedBytes(rootOf(change.root), alice, bob);
    const targets = await signedBytes(targetsOf({ "policy.json": fileOf(policy) }), alice, bob);
    const body = statementOf();
    const release = await entryOf(body, [await say(carol, "propose", "release", digestOf("unused"))], published.#log, now);
    const place = { product: "hello", platform: "linux-x64", channel: "stable" } as const;
    const head = servedBytes(headDocument({ _type: "head", spec: "countersign/1", ...place, releases: [release], orders: [] }));
    published.#listed = { [`${directory}/head.json`]: fileOf(head) };
    published.#targets = targets;
    await published.#log.append({ type: "targets", digest: sha256(targets) });
    files.set("metadata/1.root.json", root);
    files.set("metadata/1.targets.json", targets);
    files.set(`targets/${sha256(policy)}.policy.json`, policy);
    files.set(`targets/${directory}/${sha256(head)}.head.json`, head);
    await published.renew();
    return published;
  }

  /** A new channel file, with the same head in it; it and the targets are proven under the checkpoint that the timestamp carries. */
  async renew(): Promise<void> {
    const { files } = this;
    const version = ++this.#channelVersion;
    const channel = await signedBytes({ _type: "targets", spec_version, version, expires, targets: this.#listed }, alice, bob);
    await this.#log.append({ type: "channel", digest: sha256(channel) });
    await this.#prove("targets", this.#targets);
    await this.#prove("channel", channel);
    const meta = { "targets.json": { version: 1, ...fileOf(this.#targets) }, "stable.json": { version, ...fileOf(channel) } };
    this.#snapshot = await signedBytes({ _type: "snapshot", spec_version, version, expires, meta }, publisher);
    files.set(`metadata/${version}.snapshot.json`, this.#snapshot);
    files.set(`metadata/${version}.stable.json`, channel);
    await this.#date();
  }

  /** The log and its witnesses begin again, with as many other entries. */
  async fork(size: number): Promise<void> {
    this.#log = new TestLog();
    for (let at = 0; at < size; at++) await this.#log.append({ type: "policy", digest: digestOf(`forked ${at}`) });
  }

  /**
   * Another log takes the ledger's place: the owners' next root pins the old one's last tree, or the one that is told, and is proven in the old one, whose files
   * step aside. Nothing else is proven anew.
   */
  async moveOn(change: { readonly size?: number; readonly root?: Uint8Array } = {}): Promise<void> {
    const { files } = this;
    const { size, root } = must(claimedCheckpoint(await this.#log.note(times), ledger)).checkpoint;
    const { countersign } = rootOf() as { readonly countersign: object };
    const next = { version: 2, countersign: { ...countersign, ...movedFields(change.size ?? size, change.root ?? root) } };
    const bytes = await signedBytes(rootOf(next), alice, bob);
    const proof = await this.#log.prove({ type: "root", digest: sha256(bytes) }, times);
    files.set("metadata/2.root.json", bytes);
    files.set(`proofs/${sha256(bytes)}.tlog-proof`, Buffer.from(proof));
    for (const path of [...files.keys()].filter((name) => name.startsWith("log/"))) files.delete(path);
    for (const [path, tile] of this.#log.tiles) files.set(`${formerLogPrefix(ledger.origin)}${path}`, tile);
    this.#former = this.#log;
    this.#log = new TestLog(nextLog);
    await this.date();
  }

  /** Somebody who still has the old log's key, and its witnesses, proves the targets in it once more, further on. */
  async extendFormer(): Promise<void> {
    await this.#former.append({ type: "policy", digest: digestOf("after the end") });
    const { size } = must(claimedCheckpoint(await this.#former.note(times), ledger)).checkpoint;
    for (let at = size; at < 12; at++) await this.#former.append({ type: "policy", digest: digestOf(`after the end ${at}`) });
    const entry = { type: "targets", digest: sha256(this.#targets) } as const;
    this.files.set(`proofs/${entry.digest}.tlog-proof`, Buffer.from(await this.#former.prove(entry, times)));
  }

  async #prove(type: "targets" | "channel", bytes: Uint8Array): Promise<void> {
    this.files.set(`proofs/${sha256(bytes)}.tlog-proof`, Buffer.from(await this.#log.prove({ type, digest: sha256(bytes) }, times)));
  }

  /** A new timestamp and a new revocation list, under a ledger that has grown unless told, cosigned so many seconds later; nothing else is new. */
  async date({ grown = true, later = 0, denials = [] }: Dating = {}): Promise<void> {
    if (grown) await this.#log.append({ type: "policy", digest: digestOf(`somebody else's ${this.#version}`) });
    await this.#date(later, denials);
  }

  async #date(later = 0, denials: readonly Denial[] = []): Promise<void> {
    const version = ++this.#version;
    const checkpoint = await this.#log.note(times.map((time) => time + later));
    const list = { _type: "revocations", spec: "countersign/1", revoker: "security", version, checkpoint, seen: {}, denials };
    const lists = { _type: "revocation-lists", lists: [await signDocument(list, revoker)] };
    this.files.set("revocations/latest", servedBytes(lists));
    const meta = { "snapshot.json": { version: this.#channelVersion, ...fileOf(this.#snapshot) } };
    const timestamp = { _type: "timestamp", spec_version, version, expires, meta, countersign: { checkpoint } };
    this.files.set("metadata/timestamp.json", await signedBytes(timestamp, publisher));
    for (const [path, tile] of this.#log.tiles) this.files.set(`log/${path}`, tile);
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
