// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { number } from "@countersign/cli/number";
import { Command } from "commander";
import { killAgain } from "./kill-again.ts";

interface Options {
  readonly kills: number;
  readonly lanes: number;
  readonly seed: number;
}

await new Command("npm run crash --")
  .description("kills ledgers at moments that chance chooses, and audits what is left of their logs")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .option("--kills <n>", "how often in all", number(1, 1_000_000), 200)
  .option("--lanes <n>", "logs beside one another", number(1, 64), 2 * availableParallelism())
  .option("--seed <n>", "what chance begins with", number(0, 2 ** 31), Date.now() % 2 ** 31)
  .addHelpText(
    "after",
    "\nExit 1 where a log forked, lost an acknowledged entry, or has a file that is not what it must be.\n\nExample:\n  $ npm run crash -- --kills 10000",
  )
  .action(crash)
  .parseAsync();

async function crash({ kills, lanes, seed }: Options): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "countersign-crash-"));
  const began = performance.now();
  console.error(`seed ${seed}, ${lanes} logs, in ${directory}`);
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  let killed = 0;
  const progress = (done: number): void => {
    killed = done;
    const seconds = (performance.now() - began) / 1000;
    const left = Math.ceil(((kills - done) * seconds) / done / 60);
    const next = done === kills ? "examining what is left" : `${left} min left; Ctrl-C examines what there is`;
    const text = `${done} of ${kills} kills in ${Math.round(seconds)} s, ${next}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else if (done % 500 === 0 || done === kills) console.error(text);
  };
  const logs = await killAgain({ directory, kills, lanes, seed, progress, signal: stopping.signal });
  if (process.stderr.isTTY) process.stderr.write("\n");
  console.table(logs.map(({ faults, ...log }) => ({ ...log, faults: faults.length })));
  const faults = logs.flatMap((log) => log.faults);
  for (const fault of faults.slice(0, 20)) console.log(fault);
  console.log(`${killed} kills in ${Math.round((performance.now() - began) / 1000)} s, seed ${seed}: ${faults.length} faults`);
  if (faults.length === 0) rmSync(directory, { recursive: true });
  else process.exitCode = 1;
}
