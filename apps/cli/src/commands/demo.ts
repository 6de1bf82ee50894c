// SPDX-License-Identifier: Apache-2.0
import { attackScene } from "@countersign/attacks/demo";
import { accept, refuse } from "@countersign/trust/refusal";
import { runDemo } from "@countersign/world/demo";
import type { Command } from "commander";
import { verb } from "../verb.ts";

interface Options {
  readonly once?: true;
  readonly from?: string;
  readonly to?: string;
  readonly run?: string;
}

export function demo(program: Command): void {
  const command = program
    .command("demo")
    .description("tell the whole path on real software: found, release, install, update, stop, recall")
    .option("--once", "end when the story is told, instead of at Ctrl-C")
    .option("--from <dir>", "a program of your own, the old version ...")
    .option("--to <dir>", "... and the new one")
    .option("--run <cmd>", "how to see that it runs: a program inside the directories, and arguments");
  verb<Options>(command, "demo --once --from app-1.0 --to app-1.1 --run 'bin/app --version'", async (options, { json }) => {
    const own = [options.from, options.to, options.run].filter((given) => given !== undefined);
    if (own.length === 1 || own.length === 2)
      return refuse("incomplete", "--from, --to and --run together", own.join(" "), "Give all three, or none to see it with esbuild.");
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    process.once("SIGINT", stop).once("SIGTERM", stop);
    process.exitCode = await runDemo({ ...options, once: options.once === true, json, signal: stopping.signal, attack: attackScene });
    return accept(undefined);
  });
}
