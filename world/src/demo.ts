// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@countersign/updater/device";
import { demoPlan } from "./demo/demo-plan.ts";
import { jsonNarrator, type Narrator, textNarrator } from "./demo/narrator.ts";
import { deviceInstalls, expectResult, runsProgram } from "./demo/on-device.ts";
import { broken, esbuild, ownPrograms, type Programs } from "./demo/programs.ts";
import { release } from "./demo/releases.ts";
import { must, type Scene, StoryStopped } from "./demo/scene.ts";
import { recalls, revokes } from "./demo/stopping.ts";
import { foundWorld } from "./found.ts";
import { anchorFile, storeDirectory } from "./project.ts";
import { type RunningWorld, startWorld } from "./start.ts";

export interface DemoOptions {
  /** Leave when the story is told; otherwise the services go on until the signal. */
  readonly once: boolean;
  /** Two directories of the user's own, and how to run them; all three or none. */
  readonly from?: string;
  readonly to?: string;
  readonly run?: string;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Attacks the running world and tells what became of it; a row for the summary each. */
  readonly attack?: (scene: Scene) => Promise<readonly (readonly string[])[]>;
}

/** Tells the whole path, once, on real software: boots a world in a directory of its own and removes it after. Answers an exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const narrator = options.json ? jsonNarrator(process.stdout) : textNarrator(process.stdout);
  const directory = await mkdtemp(join(tmpdir(), "countersign-demo-"));
  try {
    await tell(options, narrator, directory);
    return 0;
  } catch (error) {
    if (options.signal.aborted) return 130;
    if (!(error instanceof StoryStopped)) throw error;
    narrator.say("stopped", error.message);
    return 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function tell(options: DemoOptions, narrator: Narrator, directory: string): Promise<void> {
  const { from, to, run, signal, once } = options;
  const programs = must(from !== undefined && to !== undefined && run !== undefined ? await ownPrograms(from, to, run) : await esbuild());
  const started = Date.now();
  narrator.title(
    `Countersign: ${programs.product} ${programs.old.version}, then ${programs.new.version}`,
    "The channel's signed policy sets the soak to 3 seconds (an hour by default): nothing is skipped, and no clock is faked.",
  );
  narrator.chapter("Found a world: every duty its own process, with its own key");
  const project = must(await foundWorld(join(directory, "project"), demoPlan(programs.product)));
  narrator.say(
    "founders",
    "root and targets: 2 of 3 owners; 2 of 3 signers; 1 approver who is not the proposer; 2 of 3 witnesses; 2 revokers",
  );
  await using world = await startWorld(project, {
    onStart: ({ duty, holder, owner, url, child }) =>
      narrator.detail(`${holder.padEnd(14)} ${duty.padEnd(10)} of ${owner.padEnd(6)} process ${child.pid}${url && `  ${url}`}`),
  });
  const scene: Scene = { world, device: join(directory, "device"), narrator, signal };
  const rows = await story(scene, programs, directory, options);
  narrator.table(`What happened, in ${Math.round((Date.now() - started) / 1000)} s`, [["what", "how it ended", "because of"], ...rows]);
  if (!once) await linger(world, narrator, signal);
}

async function story(
  scene: Scene,
  programs: Programs,
  directory: string,
  { attack }: DemoOptions,
): Promise<readonly (readonly string[])[]> {
  const { world, narrator, device } = scene;
  const { run } = programs;
  narrator.chapter(`Release ${programs.old.version}`);
  const first = await release(scene, programs.old, run, "alice");

  narrator.chapter("A device installs it, and runs it");
  const { product, channel } = world.project.plan;
  const config = {
    url: world.urls.distribute,
    product,
    channel,
    platform: `${process.platform}-${process.arch}`,
    id: "demo-device",
    privileges: [],
    installer: "directory",
  } as const;
  await createDevice(device, config, await readFile(anchorFile(world.project)));
  expectResult(await deviceInstalls(scene), "installed");
  await runsProgram(scene, programs);

  narrator.chapter(`Release ${programs.new.version}: the device updates, and keeps the old version`);
  const second = await release(scene, programs.new, run, "bob");
  expectResult(await deviceInstalls(scene), "installed");
  await runsProgram(scene, programs);

  narrator.chapter("A third release, signed by everybody, does not work");
  await release(scene, await broken(programs.new, run, join(directory, "broken")), run, "carol");
  expectResult(await deviceInstalls(scene), "unwell");
  await runsProgram(scene, programs);

  narrator.chapter(`Release ${programs.new.version} is revoked, then recalled`);
  await revokes(scene, second, "bob");
  await recalls(scene, second, first, "carol");
  expectResult(await deviceInstalls(scene), "installed");
  await runsProgram(scene, programs);

  const rows = [
    [`release ${programs.old.version}`, "installed and run", "all gates"],
    [`release ${programs.new.version}`, "installed and run, old version kept", "all gates"],
    ["third release, broken", "rolled back by itself", "gate 17, health"],
    [`revoking ${programs.new.version}`, "flagged, kept running", "gate 6, revocations"],
    [`recalling ${programs.new.version}`, `back on ${programs.old.version}`, "gate 8, an approved order"],
  ];
  if (attack === undefined) return rows;
  narrator.chapter("Five attacks on the running world");
  return [...rows, ...(await attack(scene))];
}

/** The world stays up for whoever wants to look. */
async function linger({ urls, project }: RunningWorld, narrator: Narrator, signal: AbortSignal): Promise<void> {
  narrator.table("Still running, until Ctrl-C", [
    ["repository", urls.distribute],
    ["govern", urls.govern],
    ["ledger", urls.ledger],
    ["observe", urls.observe],
    ["on disk", storeDirectory(project)],
  ]);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
