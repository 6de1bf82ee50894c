// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import { directoryStore } from "@countersign/repository/directory-store";
import { type LedgerClient, ledgerClient } from "@countersign/repository/ledger-client";
import type { Store } from "@countersign/repository/store";
import { type Config, distributeConfig, ledgerConfig, witnessConfig } from "./duty-configs.ts";
import { dutyMain } from "./duty-main.ts";
import { foundWorld } from "./found.ts";
import type { Plan } from "./plan.ts";
import { dutyDirectory, type Project, personDirectory, placeIn, storeDirectory } from "./project.ts";

/** The ground that a single duty's test stands on: a founded project with its ledger, witnesses and distribute, each a real process. */
export interface Ground extends AsyncDisposable {
  readonly project: Project;
  readonly store: Store;
  /** Where distribute serves the store. */
  readonly url: string;
  readonly ledger: LedgerClient;
  readonly ledgerUrl: string;
  /** Starts one more duty; it ends with the ground. */
  start(duty: string, holder: string, config: Config | Promise<Config>): Promise<RunningDuty>;
  /** The key of a duty's holder, or of a person. */
  key(holder: string): Promise<CustodyKey>;
}

/** Lays the ground in an empty directory. */
export async function layGround(directory: string, plan: Plan): Promise<Ground> {
  const founded = await foundWorld(directory, plan);
  if (!founded.ok) throw new Error(`${founded.refusal.code}: ${founded.refusal.found}`);
  const project = founded.value;
  const running: RunningDuty[] = [];
  const keys = new Map<string, Promise<CustodyKey>>(); // opening one takes a tenth of a second
  const start = async (duty: string, holder: string, config: Config | Promise<Config>): Promise<RunningDuty> => {
    const own = dutyDirectory(project, holder);
    await mkdir(own, { recursive: true, mode: 0o700 });
    await writeFile(join(own, "config.json"), JSON.stringify(await config));
    const started = await startDuty(dutyMain(duty), join(own, "config.json"));
    running.push(started);
    return started;
  };
  const witnesses = plan.witnesses.map(
    async ({ holder }) => [holder, (await start("witness", holder, await witnessConfig(project, holder, 0))).url] as const,
  );
  const ledger = await start("ledger", "ledger", await ledgerConfig(project, 0, new Map(await Promise.all(witnesses))));
  const distribute = await start("distribute", "distribute", distributeConfig(project, 0));
  return {
    project,
    store: directoryStore(storeDirectory(project)),
    url: distribute.url,
    ledger: ledgerClient(ledger.url),
    ledgerUrl: ledger.url,
    start,
    key: (holder) => {
      const directory = plan.people.includes(holder) ? personDirectory(project, holder) : dutyDirectory(project, holder);
      const opened = keys.get(holder) ?? openKey(placeIn(directory));
      keys.set(holder, opened);
      return opened;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running.map((duty) => duty.stop("SIGKILL")));
    },
  };
}
