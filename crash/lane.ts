// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningDuty } from "@countersign/daemon/child";
import { request } from "@countersign/daemon/client";
import { logFiles } from "@countersign/ledger/log-files";
import { encodeBundle } from "@countersign/tlog/bundle";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { type Entry, encodeEntry } from "@countersign/tlog/entry";
import { verifyTlogProof } from "@countersign/tlog/proof";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { accept, type Outcome } from "@countersign/tlog/refusal";
import type { Chance } from "../fuzz/chance.ts";
import type { WitnessedLog } from "./witnessed-log.ts";

/** How long a start takes, about. Milliseconds. */
const START = 250;
/** Lives last up to so many times as long as a first acknowledgement takes, on this machine, now. */
const LIFE = 3;
/** In how many lives of a hundred it is killed before it answers. */
const STILLBORN = 15;
const CLIENTS = 6;

/** One log whose ledger is killed again and again, and everything that anybody was told meanwhile. */
export interface Lane {
  readonly log: WitnessedLog;
  /** Places that were acknowledged, by the number of the entry. */
  readonly acknowledged: Map<number, number>;
  /** Every checkpoint that was ever seen published. */
  readonly published: Checkpoint[];
  sent: number;
  /** How long a first acknowledgement takes, in milliseconds, as far as it was seen: longer after a life without one. */
  patience: number;
}

export function laneOf(log: WitnessedLog): Lane {
  return { log, acknowledged: new Map(), published: [], sent: 0, patience: 100 };
}

/** One life: started, appended to by several at once, and killed at a moment that chance chose. */
export async function liveAndDie(lane: Lane, chance: Chance): Promise<void> {
  if (chance.below(100) < STILLBORN) {
    const unborn = lane.log.fork();
    const ended = once(unborn, "close");
    await sleep(chance.below(START));
    unborn.kill("SIGKILL");
    await ended;
    return;
  }
  const ledger = await lane.log.start();
  const began = performance.now();
  const first = Promise.withResolvers<number | undefined>();
  let alive = true;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (alive) {
      alive = (await append(lane, ledger, lane.sent++)) && alive;
      if (alive) first.resolve(performance.now() - began);
    }
  });
  await sleep(chance.below(LIFE * lane.patience));
  await ledger.stop("SIGKILL");
  alive = false;
  await Promise.all(clients);
  first.resolve(undefined);
  lane.patience = Math.ceil(0.7 * lane.patience + 0.3 * ((await first.promise) ?? 2 * lane.patience));
  const cosigned = verifyCosigned((await logFiles(lane.log.store).read("checkpoint")) ?? new Uint8Array(), lane.log.trust);
  if (cosigned.ok) lane.published.push(cosigned.value.checkpoint);
}

export function entryOf(number: number): Entry {
  return { type: "channel", digest: createHash("sha256").update(`${number}`).digest("hex") };
}

interface Logged {
  readonly index: number;
  readonly proof: string;
}

/** Whether the ledger took it. */
export async function append(lane: Lane, { url }: RunningDuty, number: number): Promise<boolean> {
  const body = encodeEntry(entryOf(number));
  const answer = await request<Logged>(`${url}/entries`, { method: "POST", body }, (json) => accept(json as Logged)); // verified below
  if (answer.ok) acknowledge(lane, number, answer.value);
  return answer.ok;
}

/** Asks for all of these again. An entry that was lost is taken anew, at another place than was acknowledged, and that is an exception; refused is what the ledger does not answer. */
export async function appendAll(lane: Lane, { url }: RunningDuty, numbers: readonly number[]): Promise<Outcome<undefined>> {
  const body = encodeBundle(numbers.map((number) => encodeEntry(entryOf(number))));
  const answer = await request(`${url}/bundle`, { method: "POST", body, timeoutMilliseconds: 60_000 }, (json) =>
    accept(json as { readonly entries: readonly Logged[] }),
  );
  if (!answer.ok) return answer;
  const { entries } = answer.value;
  if (entries.length !== numbers.length) throw new Error(`asked for ${numbers.length} entries, the ledger answers ${entries.length}`);
  for (const [at, logged] of entries.entries()) acknowledge(lane, numbers[at] ?? -1, logged);
  return accept(undefined);
}

/** A place that was acknowledged before and is another now is an exception: nothing may ever move. */
function acknowledge({ log, acknowledged }: Lane, number: number, { index, proof }: Logged): void {
  const proven = verifyTlogProof(proof, encodeEntry(entryOf(number)), log.trust);
  if (!proven.ok) throw new Error(`entry ${number}: ${proven.refusal.code}, ${proven.refusal.found}`);
  if (proven.value.index !== index) throw new Error(`entry ${number} is said to be at ${index}, and proven at ${proven.value.index}`);
  const before = acknowledged.get(number) ?? index;
  if (before !== index) throw new Error(`entry ${number} was acknowledged at ${before}, and is at ${index}`);
  acknowledged.set(number, index);
}
