// SPDX-License-Identifier: Apache-2.0
// A device that stands before a head: what earlier gates find is put before it, and gates 8, 9 and 11 judge.

import { type Targets, targets } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { expires, people, rootOf, spec_version } from "@countersign/trust/founding.test-support";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { Policy } from "@countersign/trust/policy/policy";
import { type Entry, headDocument } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { ServedList } from "@countersign/trust/revocation/checks";
import { must, signedBytes, type TestLog } from "@countersign/trust/simulator.test-support";
import { type Gate, gate, goOn } from "../gate.ts";
import { type Memory, newborn } from "../memory.ts";
import type { Report } from "../report.ts";
import { approvalsGate } from "./approvals.ts";
import { type DeviceScene, looks } from "./device-scene.test-support.ts";
import { headGate } from "./head.ts";
import { soakGate } from "./soak.ts";

const { alice, bob } = people;

/** What a device meets, and what it knows. */
export interface HeadScene {
  /** The ledger that it is shown. */
  readonly log: TestLog;
  readonly releases: readonly Entry<Statement>[];
  readonly orders?: readonly Entry<Order>[];
  /** Those that judge now: the one that is held first. */
  readonly policies: readonly [Policy, ...Policy[]];
  readonly memory: Partial<Memory>;
  /** Its system clock, Unix seconds; witnessed time, unless told. */
  readonly clock?: number;
  readonly served?: Readonly<Record<string, ServedList>>;
  /** Files besides the head, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Gate 10, where there is provenance among them. */
  readonly provenance?: Gate;
  readonly leaves?: DeviceScene["leaves"];
}

const directory = "stable/hello/linux-x64";

/** What gates 8, 9 and 11 say to a device that runs nothing yet. */
export async function meets(scene: HeadScene): Promise<Report> {
  const { log, releases, orders = [], policies, memory, served = {}, files = {}, provenance, leaves } = scene;
  const place = { product: "hello", platform: "linux-x64", channel: "stable" } as const;
  const head = servedBytes(headDocument({ _type: "head", spec: "countersign/1", ...place, releases, orders }));
  const listed = { [`${directory}/head.json`]: { length: head.length, hashes: { sha256: sha256(head) } } };
  const channel = await signedBytes({ _type: "targets", spec_version, version: 1, expires, targets: listed }, alice, bob);
  const all = new Map<string, Uint8Array>(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  all.set(`targets/${directory}/${sha256(head)}.head.json`, head);
  for (const [path, tile] of log.tiles) all.set(`log/${path}`, tile);
  const now = memory.time ?? 0;
  const note = await log.note([now, now, now]);
  const [held] = policies;
  const earlier = gate({
    number: 7,
    name: "what earlier gates found",
    checks: {},
    async pass(attempt) {
      const bytes = servedBytes(held);
      attempt.memory = { ...newborn, ...memory };
      attempt.found.checkpoint = must(claimedCheckpoint(note, attempt.ledger));
      attempt.found.policy = { policy: held, bytes, digest: sha256(bytes) };
      attempt.found.judges = policies;
      attempt.found.served = served;
      attempt.found.channel = must(readEnvelope<Targets>(targets, channel, "stable.json"));
      return goOn;
    },
  });
  const gates = [earlier, headGate, soakGate, ...(provenance === undefined ? [] : [provenance]), approvalsGate];
  return looks({ root: await signedBytes(rootOf(), alice, bob), files: all, gates, clock: () => (scene.clock ?? now) * 1000, leaves });
}
