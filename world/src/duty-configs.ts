// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { PublicHalf } from "@countersign/custody/key";
import { readHalf } from "@countersign/custody/reference";
import { errorText } from "@countersign/daemon/event";
import type { DaemonIdentities } from "@countersign/federation/daemon-identity";
import { cosignerVkey, rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import type { HolderKey } from "@countersign/trust/key";
import { refuse } from "@countersign/trust/refusal";
import { passkeysOf } from "./approver-key.ts";
import { certificatePin, daemonIdentity, governAudience } from "./certificate.ts";
import { logOrigin } from "./found.ts";
import type { PlannedBuilder } from "./plan.ts";
import { sidecarHolderOf } from "./post-quantum.ts";
import {
  anchorFile,
  dutyDirectory,
  keyIn,
  type Project,
  personDirectory,
  placeIn,
  type Running,
  readJson,
  storeDirectory,
} from "./project.ts";

// What each duty is told: its own key, the addresses of those it talks to, its own state. One function a duty.

export type Config = Readonly<Record<string, unknown>>;

export async function witnessConfig(project: Project, holder: string, port: number): Promise<Config> {
  const origin = logOrigin(project.plan);
  const log = await publicHalf(dutyDirectory(project, "ledger"));
  const own = dutyDirectory(project, holder);
  return {
    port,
    state: join(own, "state.sqlite"),
    name: holder,
    key: placeIn(own),
    logs: [formatVkey(origin, 1, rawPublicKey(log.publicKey))],
  };
}

export async function ledgerConfig(project: Project, port: number, witnessUrls: ReadonlyMap<string, string>): Promise<Config> {
  const { pace, witnesses, witnessQuorum } = project.plan;
  const own = dutyDirectory(project, "ledger");
  const addresses = witnesses.map(async ({ holder }) => {
    const { publicKey } = await publicHalf(dutyDirectory(project, holder));
    return { vkey: cosignerVkey(holder, publicKey), url: witnessUrls.get(holder) };
  });
  return {
    port,
    state: join(own, "state.sqlite"),
    store: storeDirectory(project),
    origin: logOrigin(project.plan),
    key: placeIn(own),
    witnesses: await Promise.all(addresses),
    quorum: witnessQuorum,
    heartbeatMilliseconds: pace.heartbeatMilliseconds,
    batchMilliseconds: pace.batchMilliseconds,
  };
}

export function distributeConfig(project: Project, port: number): Config {
  return { port, store: storeDirectory(project) };
}

export function governConfig(project: Project, port: number, ledger: string, platforms: Running["platforms"]): Config {
  return {
    port,
    database: join(dutyDirectory(project, "govern"), "govern.sqlite"),
    store: storeDirectory(project),
    anchor: anchorFile(project),
    ledger,
    pollMilliseconds: project.plan.pace.pollMilliseconds,
    channelDays: 90,
    tokenKey: placeIn(dutyDirectory(project, "govern")),
    issuer: governAudience(project.plan),
    audiences: project.plan.builders.flatMap(({ certified }) => certified?.token.audience ?? []),
    issuers: platforms,
  };
}

/** Where an issuer of build keys finds those whom it asks. */
export type IssuerPeers = Pick<Running, "distribute" | "ledger" | "govern" | "platforms">;

export function issuerConfig(project: Project, { holder, certified }: PlannedBuilder, port: number, peers: IssuerPeers): Config {
  const own = dutyDirectory(project, holder);
  return {
    port,
    key: placeIn(own),
    audience: certified?.token.audience,
    store: peers.distribute,
    anchor: anchorFile(project),
    ledger: peers.ledger,
    govern: peers.govern,
    grantIssuer: governAudience(project.plan),
    issuers: peers.platforms,
    state: join(own, "certified.sqlite"),
  };
}

export async function signConfig(project: Project, holder: string, govern: string, store: string): Promise<Config> {
  const own = dutyDirectory(project, holder);
  const { channel, pace } = project.plan;
  const sidecar = sidecarHolderOf(project.plan, holder);
  return {
    name: holder,
    govern,
    store,
    anchor: anchorFile(project),
    key: placeIn(own),
    ...(sidecar === undefined ? {} : { sidecarKey: placeIn(dutyDirectory(project, sidecar)) }),
    identities: await identitiesOf(project, holder),
    state: join(own, "record.sqlite"),
    channels: [channel],
    pollMilliseconds: pace.pollMilliseconds,
  };
}

export async function publishConfig(project: Project, port: number, govern: string, ledger: string): Promise<Config> {
  const { pace } = project.plan;
  return {
    port,
    govern,
    store: storeDirectory(project),
    anchor: anchorFile(project),
    ledger,
    identities: await identitiesOf(project, project.plan.publish.holder),
    snapshotKey: placeIn(dutyDirectory(project, "publish-snapshot")),
    timestampKey: placeIn(dutyDirectory(project, "publish-timestamp")),
    pollMilliseconds: pace.pollMilliseconds,
    timestampSeconds: pace.timestampSeconds,
    timestampRefreshMilliseconds: pace.heartbeatMilliseconds,
    snapshotDays: 30,
  };
}

export async function revokeConfig(project: Project, holder: string, port: number, ledger: string): Promise<Config> {
  const own = dutyDirectory(project, holder);
  const operators = await Promise.all(project.plan.people.map((person) => keysOf(project, person)));
  return {
    port,
    revoker: holder,
    key: placeIn(own),
    store: storeDirectory(project),
    ledger,
    anchor: anchorFile(project),
    operators: operators.flat(),
    state: join(own, "denials.json"),
    refreshMilliseconds: project.plan.pace.heartbeatMilliseconds,
  };
}

/** An observer that says in public how far it has read. */
export function monitorConfig(project: Project, holder: string, port: number, store: string, govern: string): Config {
  const own = dutyDirectory(project, holder);
  const monitor = { name: holder, key: placeIn(own), directory: storeDirectory(project), govern, accepted: [] };
  return { ...observeConfig(project, port, store, holder), monitor };
}

/** What the observer with this place among a plan's asks for brakes with; nothing where the plan has none for it. */
export function brakeConfig(project: Project, place: number, govern: string, revokers: Readonly<Record<string, string>>): Config {
  const asker = project.plan.brake?.askers[place]?.holder;
  if (asker === undefined) return {};
  return { brake: { name: asker, key: placeIn(dutyDirectory(project, asker)), revokers, govern } };
}

export function observeConfig(project: Project, port: number, store: string, holder = "observe"): Config {
  const own = dutyDirectory(project, holder);
  return {
    port,
    store,
    anchor: anchorFile(project),
    findings: join(own, "findings.jsonl"),
    pollMilliseconds: project.plan.pace.pollMilliseconds,
    silenceSeconds: Math.ceil((10 * project.plan.pace.heartbeatMilliseconds) / 1000),
  };
}

/**
 * What the project's own `observe.json` tells each of its observers besides: where findings go, what was intended, which rates hold. Nothing where there is no such
 * file. An observer refuses by itself what it cannot read of it; throws an error with a `refusal` where it is no JSON.
 */
export async function toldObservers({ directory }: Pick<Project, "directory">): Promise<Config> {
  const file = join(directory, "observe.json");
  try {
    return ((await readJson(file)) ?? {}) as Config;
  } catch (error) {
    throw Object.assign(new Error(file), refuse("config-unreadable", `JSON in ${file}`, errorText(error), "correct the file"));
  }
}

/** With what a person says no: the file that everybody has, and passkeys that were kept beside it. */
async function keysOf(project: Project, person: string): Promise<readonly HolderKey[]> {
  const passkeys = await passkeysOf(project, person);
  if (!passkeys.ok) throw new Error(`${person}: ${passkeys.refusal.expected}, found ${passkeys.refusal.found}`);
  return [(await publicHalf(personDirectory(project, person))).tuf, ...passkeys.value.map(({ key }) => key)];
}

/** A project has one channel, and so a daemon of it one identity; its certificate is made where there is none yet. */
export async function identitiesOf(project: Project, holder: string): Promise<DaemonIdentities> {
  await certificatePin(project, holder);
  return { [project.plan.channel]: daemonIdentity(project, holder) };
}

async function publicHalf(directory: string): Promise<PublicHalf> {
  const half = await readHalf(keyIn(directory).keyFile);
  if (!half.ok) throw new Error(`${directory}: ${half.refusal.expected}, found ${half.refusal.found}`);
  return half.value;
}
