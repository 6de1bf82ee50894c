// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { closeWindows } from "@countersign/attacks/lab/life";
import { startMirror } from "@countersign/attacks/lab/mirror";
import type { Digest } from "@countersign/trust/digest";
import type { Outcome } from "@countersign/trust/refusal";
import { observeConfig } from "@countersign/world/duty-configs";
import { foundWorld } from "@countersign/world/found";
import { storeDirectory } from "@countersign/world/project";
import { type RunningWorld, startProcess, startWorld } from "@countersign/world/start";
import type { Incident, SyntheticRelease } from "../incident.ts";
import { announce, incidentPlan, type Release, release, SOAK_SECONDS } from "./incident-world.ts";
import { writeTree } from "./tree.ts";

/** What became of one incident on the whole path. */
export interface PathRow {
  readonly id: string;
  /** What the path refused where the attacker had what the attacker of the incident had, and no window; null where the incident was an announced release. */
  readonly refused: string | null;
  /** Kinds of findings that name the release, but for what is usual. */
  readonly found: readonly string[];
  /** Of its drift. */
  readonly bits: number;
  readonly signals: readonly string[];
  /** Seconds from the last of these findings to the end of the soak, at least, before which no device installs; null where nothing was found. */
  readonly leadSeconds: number | null;
}

interface Finding {
  readonly time: number;
  readonly severity: string;
  readonly detector: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** The one without a release that can be shown in a world: what a server serves is changed in place. */
const CHANGED_IN_PLACE = "codecov-bash-2021";

/** How long what an observer says is waited for. */
const PATIENCE_MS = 120_000;

/**
 * Replays each incident in one world: what came before it is published, then the incident's release is built, approved and logged as everything in this world is, and observed
 * while it soaks. Everybody who has to say yes says yes: what the row shows is what is seen although they did.
 */
export async function replayPath(incidents: readonly Incident[], progress: (text: string) => void): Promise<readonly PathRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-replay-"));
  const interrupted = (): never => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 }); // the processes of the world end with this one
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  try {
    progress("founding a world");
    const project = must(await foundWorld(join(directory, "world"), incidentPlan));
    await using world = await startWorld(project);
    const swapped = new Map<string, Uint8Array>();
    await using mirror = await startMirror(storeDirectory(project), swapped);
    const config = { ...observeConfig(project, 0, world.urls.distribute, "watch"), govern: world.urls.govern, mirrors: [mirror.url] };
    const observer = await startProcess(project, "observe", "watch", config);
    try {
      return await replayAll(world, observer.url, swapped, incidents, directory, progress);
    } finally {
      await observer.stop();
    }
  } finally {
    process.off("SIGINT", interrupted);
    await rm(directory, { recursive: true, force: true });
  }
}

async function replayAll(
  world: RunningWorld,
  observer: string,
  swapped: Map<string, Uint8Array>,
  incidents: readonly Incident[],
  directory: string,
  progress: (text: string) => void,
): Promise<readonly PathRow[]> {
  const released = incidents.flatMap(({ id, pair }) => (pair === undefined ? [] : [{ id, ...pair }]));
  for (const { id, before } of released) {
    progress(`${id}: what came before`);
    must(await announce(world, `${id} ${before.version}`));
    must(await release(world, await releaseOf(id, before, true, directory), "published"));
  }
  const inPlace = incidents.find(({ id }) => id === CHANGED_IN_PLACE);
  if (inPlace !== undefined) progress(`${CHANGED_IN_PLACE}: in place`);
  const changed = inPlace && (await changedInPlace(inPlace.id, world, observer, swapped));
  await closeWindows(world.project, world.urls);
  const refusals = new Map<string, string>();
  for (const { id, after } of released) {
    if (after.intended !== false) continue;
    progress(`${id}: without a window`);
    const tried = await release(world, await releaseOf(id, after, false, directory), "logged");
    if (tried.ok) throw new Error(`${id} was released without a window`);
    refusals.set(id, tried.refusal.code);
  }
  const rows: PathRow[] = [];
  for (const { id, pair } of incidents) {
    progress(`${id}: on its way`);
    if (pair === undefined) {
      rows.push(changed?.id === id ? changed : { id, ...unseen });
      continue;
    }
    must(await announce(world, `${id} ${pair.after.version}`));
    const soaksUntil = Date.now() / 1000 + SOAK_SECONDS; // and a little longer: it is not in the ledger yet
    const digest = must(await release(world, await releaseOf(id, pair.after, false, directory), "logged"));
    rows.push({ id, refused: refusals.get(id) ?? null, ...(await seenOf(observer, digest, soaksUntil)) });
    await closeWindows(world.project, world.urls);
  }
  return rows;
}

const unseen = { refused: null, found: [], bits: 0, signals: [], leadSeconds: null } as const;

async function releaseOf(
  product: string,
  { version, files, declared = [] }: SyntheticRelease,
  urgent: boolean,
  directory: string,
): Promise<Release> {
  const tree = await writeTree(join(directory, product, version), product, files);
  return { product, version, privileges: declared, directory: tree, urgent };
}

/** What an observer says of a release while it soaks, once it has looked into it. */
async function seenOf(observer: string, digest: Digest, soaksUntil: number): Promise<Omit<PathRow, "id" | "refused">> {
  const of = (all: readonly Finding[]): readonly Finding[] => all.filter(({ evidence }) => evidence["digest"] === digest);
  const findings = await until(observer, (all) => of(all).some(({ detector }) => detector === "package-drift"));
  const [drift] = of(findings).filter(({ detector }) => detector === "package-drift");
  const sightings = (drift?.evidence["sightings"] ?? []) as readonly { readonly signal: string; readonly counts: boolean }[];
  const found = of(findings).filter(({ severity }) => severity !== "Informational");
  const last = Math.max(...found.map(({ time }) => time / 1000));
  return {
    found: [...new Set(found.map(({ detector, severity }) => `${detector} (${severity})`))],
    bits: Number(drift?.evidence["bits"] ?? 0),
    signals: sightings.filter(({ counts }) => counts).map(({ signal }) => signal),
    leadSeconds: found.length === 0 ? null : Math.round(soaksUntil - last),
  };
}

/** No release: what a mirror serves under a digest is not what was published under it. */
async function changedInPlace(id: string, world: RunningWorld, observer: string, swapped: Map<string, Uint8Array>): Promise<PathRow> {
  must(await announce(world, id));
  const tree = await writeTree(join(world.project.directory, "codecov"), id, {
    "uploader.sh": "#!/bin/sh\ncurl https://codecov.example\n",
  });
  const what = { product: id, version: "1.0.0", privileges: [], directory: tree, urgent: true };
  const digest = must(await release(world, what, "logged"));
  const { body } = (await (await fetch(`${world.urls.govern}/proposals/${digest}`)).json()) as {
    readonly body: { readonly artifacts: readonly { readonly sha256: string; readonly length: number }[] };
  };
  for (const { sha256, length } of body.artifacts) swapped.set(`artifacts/${sha256}`, Buffer.alloc(length, 7));
  const findings = await until(observer, (all) => all.some(({ detector }) => detector === "mirror-differs"));
  const found = findings
    .filter(({ detector }) => detector === "mirror-differs")
    .map(({ detector, severity }) => `${detector} (${severity})`);
  return { id, ...unseen, found: [...new Set(found)] };
}

async function until(observer: string, isThere: (all: readonly Finding[]) => boolean): Promise<readonly Finding[]> {
  const patience = Date.now() + PATIENCE_MS;
  for (;;) {
    const { findings } = (await (await fetch(`${observer}/findings`)).json()) as { readonly findings: readonly Finding[] };
    if (isThere(findings)) return findings;
    if (Date.now() > patience) throw new Error(`an observer has not looked into a release: ${JSON.stringify(findings.slice(-3))}`);
    await sleep(200);
  }
}

function must<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.refusal.code}: expected ${outcome.refusal.expected}, found ${outcome.refusal.found}`);
}
