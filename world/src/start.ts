// SPDX-License-Identifier: Apache-2.0
import { createWriteStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import { ciPlatformConfig, ciPlatforms } from "./ci-job.ts";
import {
  brakeConfig,
  type Config,
  distributeConfig,
  governConfig,
  issuerConfig,
  ledgerConfig,
  monitorConfig,
  observeConfig,
  publishConfig,
  revokeConfig,
  signConfig,
  toldObservers,
  witnessConfig,
} from "./duty-configs.ts";
import { dutyMain } from "./duty-main.ts";
import { firstTimestamp } from "./first-timestamp.ts";
import type { Holding } from "./plan.ts";
import { dutyDirectory, type Project, type Running } from "./project.ts";
import { registerIdentities } from "./register.ts";

/** One process of a world: one duty, one key, one owner. */
export interface WorldProcess extends RunningDuty {
  readonly duty: string;
  readonly holder: string;
  readonly owner: string;
}

export interface RunningWorld extends AsyncDisposable {
  readonly project: Project;
  readonly processes: readonly WorldProcess[];
  readonly urls: Running;
}

export interface StartOptions {
  /** The first of the ports; 0 for any free ones. */
  readonly basePort?: number;
  /** Called as each process is up. */
  readonly onStart?: (process: WorldProcess) => void;
}

/**
 * Starts every duty of a project, each as a process of its own, those that others ask first. They end when the world is disposed of, and
 * by themselves when this process ends, however it ends.
 */
export async function startWorld(project: Project, options: StartOptions = {}): Promise<RunningWorld> {
  const { plan } = project;
  const { basePort = 0, onStart = () => undefined } = options;
  const processes: WorldProcess[] = [];
  let ports = 0;
  const port = (): number => (basePort === 0 ? 0 : basePort + ports++);
  const start = async (duty: string, { holder, owner }: Holding, config: Config | Promise<Config>): Promise<WorldProcess> => {
    const running = await startProcess(project, duty, holder, await config);
    const started = { ...running, duty, holder, owner };
    processes.push(started);
    onStart(started);
    return started;
  };
  const run = (holder: string): Holding => ({ holder, owner: plan.publish.owner });
  try {
    const witnesses = await Promise.all(
      plan.witnesses.map((holding) => start("witness", holding, witnessConfig(project, holding.holder, port()))),
    );
    const witnessUrls = new Map(witnesses.map(({ holder, url }) => [holder, url]));
    const [ledger, distribute] = await Promise.all([
      start("ledger", run("ledger"), ledgerConfig(project, port(), witnessUrls)),
      start("distribute", run("distribute"), distributeConfig(project, port())),
    ]);
    const started = ciPlatforms(plan).map(
      async (each) => [each.issuer, (await start("ci-platform", each, ciPlatformConfig(project, each, port()))).url] as const,
    );
    const platforms = Object.fromEntries(await Promise.all(started));
    const govern = await start("govern", run("govern"), governConfig(project, port(), ledger.url, platforms));
    const peers = { distribute: distribute.url, ledger: ledger.url, govern: govern.url, platforms };
    const issuers = plan.builders
      .filter(({ certified }) => certified !== undefined)
      .map((builder) => start("build/issuer", builder, issuerConfig(project, builder, port(), peers)));
    const publish = await start("publish", plan.publish, publishConfig(project, port(), govern.url, ledger.url));
    const revokers = plan.revokers.map((holding) => start("revoke", holding, revokeConfig(project, holding.holder, port(), ledger.url)));
    const signers = plan.signers.holders.map((holding) =>
      start("sign", holding, signConfig(project, holding.holder, govern.url, distribute.url)),
    );
    const revokerUrls = async () => Object.fromEntries((await Promise.all(revokers)).map(({ holder, url }) => [holder, url]));
    const brakeOf = async (place: number) => (plan.brake === undefined ? {} : brakeConfig(project, place, govern.url, await revokerUrls()));
    const told = await toldObservers(project);
    const watching = plan.monitors.map(async (holding, place) => {
      const monitor = monitorConfig(project, holding.holder, port(), distribute.url, govern.url);
      return start("observe", holding, { ...told, ...monitor, ...(await brakeOf(place)) });
    });
    const watcher = async (): Promise<WorldProcess> =>
      start("observe", run("observe"), {
        ...told,
        ...observeConfig(project, port(), distribute.url),
        govern: govern.url,
        ...(await brakeOf(0)),
      });
    const [observe = await watcher()] = await Promise.all(watching);
    const stops = await revokerUrls();
    const certifying = await Promise.all(issuers);
    await Promise.all(signers);
    await firstTimestamp(distribute.url); // govern knows people by the policy that is published
    await registerIdentities(project, govern.url);
    const urls: Running = {
      pid: process.pid,
      govern: govern.url,
      distribute: distribute.url,
      ledger: ledger.url,
      publish: publish.url,
      observe: observe.url,
      platforms,
      issuers: Object.fromEntries(certifying.map(({ holder, url }) => [holder, url])),
      revokers: stops,
    };
    await writeFile(runningFile(project), JSON.stringify(urls));
    return { project, processes, urls, [Symbol.asyncDispose]: () => stopAll(project, processes) };
  } catch (error) {
    await stopAll(project, processes);
    throw error;
  }
}

/** Starts one duty of a project by itself; its log is in its own directory. */
export async function startProcess(project: Project, duty: string, holder: string, config: Config): Promise<RunningDuty> {
  const own = dutyDirectory(project, holder);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const configFile = join(own, "config.json");
  await writeFile(configFile, `${JSON.stringify(config, null, 2)}\n`);
  const running = await startDuty(dutyMain(duty), configFile);
  running.child.stderr?.pipe(createWriteStream(join(own, "log.jsonl"), { flags: "a" }));
  return running;
}

async function stopAll(project: Project, processes: readonly WorldProcess[]): Promise<void> {
  await rm(runningFile(project), { force: true });
  await Promise.all(processes.map((process) => process.stop()));
}

function runningFile({ directory }: Project): string {
  return join(directory, "running.json");
}
