// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { accept, refuse } from "@countersign/trust/refusal";
import { openProject, readRunning } from "@countersign/world/project";
import { startWorld } from "@countersign/world/start";
import type { Command } from "commander";
import { number } from "../number.ts";
import { type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions {
  readonly port: number;
}

export function up(program: Command): void {
  const command = withProject(program.command("up"))
    .description("start every duty of the project on this machine, each as its own process, until Ctrl-C")
    .option("--port <base>", "first of their ports, so that addresses stay; 0 for any free ones", number(0, 65_000), 8400);
  verb<Options>(command, "up --project hello", async (options, screen) => {
    const project = await openProject(options.project ?? process.cwd());
    if (!project.ok) return project;
    const before = await readRunning(project.value);
    if (before.ok)
      return refuse("already-up", "a project that is not up", `process ${before.value.pid}`, "End that one with Ctrl-C first.");

    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    process.once("SIGINT", stop).once("SIGTERM", stop);
    await using world = await startWorld(project.value, {
      basePort: options.port,
      onStart: ({ duty, holder }) => screen.progress(`${duty} ${holder} is up`),
    });
    const processes = world.processes.map(({ duty, holder, owner, url }) => ({ duty, holder, owner, url }));
    const rows = processes.map(({ duty, holder, owner, url }) => [duty, holder, owner, url || "calls out only"]);
    const next = `Next, in another terminal: countersign window open --as ${project.value.plan.people[0]} --reason "version 1.0.0"`;
    screen.answer({
      json: { directory: project.value.directory, processes },
      text: `${table(["duty", "holder", "owner", "address"], rows)}\n\n${next}\nCtrl-C ends them all.`,
    });
    for (const { child, holder } of world.processes)
      child.once("exit", (code, signal) => !stopping.signal.aborted && screen.say(`${holder} ended: ${signal ?? `exit code ${code}`}`));
    if (!stopping.signal.aborted) await once(stopping.signal, "abort");
    return accept(undefined);
  });
}
