// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { approve } from "@countersign/release/approve";
import { deny } from "@countersign/release/deny";
import { follow } from "@countersign/release/follow";
import { governClient } from "@countersign/release/govern-client";
import type { ProposalState } from "@countersign/release/proposal";
import { reviewProposal } from "@countersign/release/review";
import { windowClient } from "@countersign/release/window-client";
import { decodeBytes } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { claimedCheckpoint, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { revocationLists } from "@countersign/trust/revocation/list";
import { copyStore } from "@countersign/world/copy-store";
import { openWindow } from "@countersign/world/open-window";
import { anchorFile, type Project, type Running, storeDirectory } from "@countersign/world/project";
import { ship } from "@countersign/world/ship";
import { keyOf, openBase, taken } from "./base.ts";
import { product } from "./lab-plan.ts";
import { type Payload, platform } from "./payload.ts";
import { victimOf } from "./victim.ts";

// What honest people and devices do while a world of the lab is up, and how it is kept.

/** What a release is of, and who approves it; an urgent one of the lab's product, by one person, unless told. */
export interface How {
  readonly of?: string;
  readonly urgent?: boolean;
  readonly epochUp?: boolean;
  readonly approvers?: readonly string[];
}

/** As long as whoever opens a lab waits for all of it: how busy a machine is says nothing about an attack. */
const PATIENCE_MILLISECONDS = 600_000;

/** Packs, builds, attests, proposes, reviews and approves, as the people and pipelines of a world do. */
export async function releaseOf(
  project: Project,
  urls: Running,
  { directory }: Payload,
  version: string,
  { of = product, urgent = true, epochUp = false, approvers = ["ana"] }: How = {},
): Promise<Digest> {
  const shipment = {
    directory,
    platform,
    product: of,
    version,
    commit: "1".repeat(40),
    health: { command: [`bin/${of}`, "--health"], expect: "well", timeoutSeconds: 5, attempts: 1 },
    privileges: [],
    urgent,
    epochUp,
  };
  taken(await openWindow(project, urls, { releases: 2, reason: version })); // two may be on their way at once, and find the same one
  const { digest } = taken(await ship(project, urls, shipment));
  const govern = governClient(urls.govern);
  const source = { store: urls.distribute, anchor: await readFile(anchorFile(project)), now: Date.now() };
  const review = taken(await reviewProposal({ govern, digest, ...source }));
  for (const approver of approvers) taken(await approve({ review, govern, key: await keyOf(project, approver) }));
  return digest;
}

/** Closes every window that is open, and waits until the ledger says so: what is released from now on has none. */
export async function closeWindows(project: Project, { govern }: Pick<Running, "govern">): Promise<void> {
  const ask = async (path: string): Promise<unknown> => (await fetch(`${govern}${path}`)).json();
  const [person = ""] = project.plan.people;
  const { windows } = (await ask("/windows")) as { readonly windows: readonly { readonly id: string; readonly state: string }[] };
  for (const { id } of windows.filter(({ state }) => state === "open")) {
    const deed = { act: "window.close", subject: id, body: {}, now: Date.now(), nonce: randomBytes(16) } as const;
    taken(await windowClient(govern).act(await keyOf(project, person), deed));
  }
  for (;;) {
    const { acts } = (await ask("/acts")) as { readonly acts: readonly { readonly index: number | null }[] };
    if (acts.every(({ index }) => index !== null)) return;
    await sleep(100);
  }
}

export function published(urls: Running, digest: Digest): Promise<void> {
  return reached(urls, digest, "published");
}

/** Waits until signers are asked for it. */
export function asked(urls: Running, digest: Digest): Promise<void> {
  return reached(urls, digest, "signing");
}

async function reached({ govern }: Running, digest: Digest, state: ProposalState): Promise<void> {
  taken(await follow(governClient(govern), digest, state, { pollMilliseconds: 100, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) }));
}

/** Copies the store when its timestamp and lists are new, however busy the machine is: what is old in an attack is to be the attacker's doing. */
export async function keep(project: Project, store: string): Promise<void> {
  await soaked(project, Math.floor(Date.now() / 1000));
  await copyStore(project, store);
}

/** Waits until the timestamp and every revoker's list are dated after a time, in Unix seconds: what was logged by then has soaked. */
export async function soaked(project: Project, time: number): Promise<void> {
  for (;;) {
    const { view, store } = await openBase(project, storeDirectory(project));
    const { lists } = taken(decodeBytes(revocationLists, (await store.read("revocations/latest")) ?? new Uint8Array(), "revocations"));
    const dates = lists.map(({ signed }) => witnessedTime(taken(claimedCheckpoint(signed.checkpoint, view.ledger)), view.ledger.quorum));
    if (Math.min(view.time, ...dates) >= time) return;
    await sleep(200);
  }
}

/** One revoker says no; the other one keeps its list fresh, and has nothing to say. */
export async function revoked(project: Project, urls: Running, release: Digest): Promise<void> {
  const denial = {
    kind: "release",
    name: release,
    since: Math.floor(Date.now() / 1000),
    until: null,
    reason: "it leaks passwords",
  } as const;
  const [[revoker, revokerUrl] = ["", ""]] = Object.entries(urls.revokers);
  taken(await deny({ revokerUrl, revoker, denial, key: await keyOf(project, "ben") }));
}

/** A device that has looked once more: a copy of `from` that came to `result`. */
export async function follows(from: string, url: string, to: string, result: "installed" | "current", patience = 60): Promise<void> {
  const { directory, report } = await victimOf(from, { url }, []);
  if (report?.refusal?.code === "revocations-stale" && patience > 0) {
    await sleep(500);
    return follows(from, url, to, result, patience - 1);
  }
  if (report?.result !== result) throw new Error(`an honest device came to ${report?.result}: ${JSON.stringify(report?.refusal)}`);
  await cp(directory, to, { recursive: true, verbatimSymlinks: true });
}
