// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { number } from "@countersign/cli/number";
import { Command, Option } from "commander";
import { Campaign } from "./campaign.ts";
import { Chance } from "./chance.ts";
import { seedsOf } from "./corpus.ts";
import { keepFinding } from "./findings.ts";
import { executionsOf, progressLine } from "./progress.ts";
import { supervise } from "./supervisor.ts";
import { targets, targetsNamed } from "./targets.ts";

interface Options {
  readonly minutes: number;
  readonly executions?: number;
  readonly workers: number;
  readonly seed: number;
  readonly target: readonly string[];
  readonly replay?: string;
}

const names = targets.map(({ name }) => name);
await new Command("npm run fuzz --")
  .description("breaks honest documents and gives them to our readers")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)) // wrong usage is no finding
  .option("--minutes <n>", "stop after so long", number(1, 10_000), 1)
  .option("--executions <n>", "or after so many tries", number(1, Number.MAX_SAFE_INTEGER))
  .option("--workers <n>", "processes", number(1, 1024), availableParallelism())
  .option("--seed <n>", "what chance begins with", number(0, 2 ** 31), Date.now() % 2 ** 31)
  .addOption(new Option("--target <name...>", "some of the readers").choices(names).default(names, "all"))
  .option("--replay <file>", "try one finding again: <target>-<digest>.input")
  .addHelpText("after", "\nExit 1 if something was found.\n\nExample:\n  $ npm run fuzz -- --minutes 10 --target json note")
  .action((options: Options) => (options.replay === undefined ? fuzz(options) : replay(options.replay)))
  .parseAsync();

async function fuzz({ minutes, executions = Number.POSITIVE_INFINITY, workers, seed, target }: Options): Promise<void> {
  console.error(`seed ${seed}, ${workers} workers, ${target.length} targets`);
  const began = performance.now();
  const progress = progressLine(process.stderr);
  let findings = 0;
  const records = await supervise({
    seed,
    workers,
    time: minutes * 60_000,
    executions,
    targets: target,
    onProgress: (now) => progress(now, findings),
    onFinding: (finding) => {
      findings++;
      console.log(`\n${keepFinding(finding)}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write("\n");
  console.table(Object.fromEntries(records));
  const seconds = (performance.now() - began) / 1000;
  const total = executionsOf(records);
  console.log(
    `${total} executions in ${Math.round(seconds)} s, ${Math.round(total / seconds)} a second, seed ${seed}: ${findings} findings`,
  );
  if (findings > 0) process.exitCode = 1;
}

/** One input again, by the target in its file's name: `<target>-<digest>.input`. */
async function replay(file: string): Promise<void> {
  const [target] = targetsNamed([basename(file).replace(/-[0-9a-f]+\.input$/, "")]);
  if (target === undefined) throw new RangeError(file);
  const finding = await new Campaign(target, seedsOf(target)).try(readFileSync(file), new Chance(0));
  console.log(finding === undefined ? "stood it" : finding.what);
  if (finding !== undefined) process.exitCode = 1;
}
