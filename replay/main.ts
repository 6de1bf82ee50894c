// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { benignTable, benignText } from "./benign.ts";
import { choosePairs } from "./choose.ts";
import { incidents } from "./incidents.ts";
import { incidentsTable, incidentsText } from "./incidents-table.ts";
import { committedPairs, lookAt } from "./measure.ts";
import { pathText } from "./path/path-text.ts";
import { replayPath } from "./path/replay-path.ts";
import { ratesText } from "./rates-file.ts";

interface Options {
  readonly benign?: true;
  readonly json?: true;
  readonly bytes?: true;
}

const root = join(import.meta.dirname, "..");
const QUIET_MILLISECONDS = 10_000;
let told = 0;

const program = new Command("npm run replay --")
  .description("replays known incidents as synthetic releases, and measures what benign releases show")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .option(
    "--benign",
    "measure real releases besides: 648 pairs, some minutes, tarballs of the npm registry kept in ~/.cache/countersign-replay",
  )
  .option("--bytes", "only what the bytes show, without a world: some seconds, in place of minutes")
  .option("--json", "print the tables as one JSON object")
  .addHelpText(
    "after",
    "\nExit 1 where an incident that should be seen is not, or benign releases alarm more often than is promised.\n\nExample:\n  $ npm run replay -- --benign",
  )
  .action(replay);
program
  .command("calibrate")
  .description("count the rates anew from the committed pairs, into packages/drift/src/measured-rates.ts")
  .action(async () => {
    const seen = await lookAt(committedPairs(), progress);
    writeFileSync(join(root, "packages/drift/src/measured-rates.ts"), ratesText(seen, new Date()));
  });
program
  .command("choose")
  .description("choose pairs anew, from what the registry has today, into replay/pairs.json")
  .action(async () => {
    const pairs = await choosePairs(progress);
    writeFileSync(join(import.meta.dirname, "pairs.json"), `[\n${pairs.map((pair) => JSON.stringify(pair)).join(",\n")}\n]\n`);
  });
await program.parseAsync();

/** Each table is printed when it is there: whoever interrupts what takes minutes has what took seconds. */
async function replay({ benign, json, bytes }: Options): Promise<void> {
  const say = (text: string): void => (json ? undefined : console.log(`${text}\n`));
  const table = await incidentsTable();
  say(incidentsText(table));
  const path = bytes === undefined ? await replayPath(incidents, progress) : undefined;
  if (path !== undefined) say(pathText(path, incidents));
  const measured = benign === undefined ? undefined : benignTable(await lookAt(committedPairs(), progress), table);
  if (measured !== undefined) say(benignText(measured));
  if (json) console.log(JSON.stringify({ incidents: table, ...(path && { path }), ...(measured && { benign: measured }) }, null, 2));
  if (table.some(({ kept }) => !kept) || measured?.kept === false) process.exitCode = 1;
}

/** On a terminal one line that changes; elsewhere a line now and then. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (performance.now() - told > QUIET_MILLISECONDS) {
    told = performance.now();
    console.error(text);
  }
}
