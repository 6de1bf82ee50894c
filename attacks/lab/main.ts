// SPDX-License-Identifier: Apache-2.0
import { Argument, Command } from "commander";
import { attacks } from "../attacks.ts";
import { type AttackResult, runAttack } from "./judge.ts";
import { scratchDirectory } from "./lab.ts";
import { openLab } from "./open-lab.ts";
import { attackLines, countLine, isFaulty, securityTable } from "./print.ts";

interface Options {
  readonly list?: true;
  readonly json?: true;
  readonly table?: true;
}

const names = attacks.map(({ name }) => name);
await new Command("npm run attacks --")
  .description("attacks a world of real processes; each attack is refused, and succeeds once its controls are taken away")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)) // wrong usage is no finding
  .addArgument(new Argument("[name...]", "some of them").choices(names))
  .option("--list", "name them, and do nothing")
  .option("--json", "print what happened as JSON")
  .option("--table", "print SECURITY.md's table")
  .addHelpText("after", "\nExit 1 where an attack or a control is not as it should be.\n\nExample:\n  $ npm run attacks -- rollback freeze")
  .action((chosen: readonly string[], options: Options) => (options.list ? list(options) : run(chosen, options)))
  .parseAsync();

function list({ json }: Options): void {
  if (json) console.log(JSON.stringify(attacks.map(({ name, holds }) => ({ name, holds }))));
  else for (const { name, holds } of attacks) console.log(`${name.padEnd(22)} the attacker holds ${holds}`);
}

async function run(names: readonly string[], { json, table }: Options): Promise<void> {
  const chosen = attacks.filter(({ name }) => names.length === 0 || names.includes(name));
  await using scratch = await scratchDirectory();
  const quiet = json === true || table === true;
  if (!quiet) console.log("A world lives for some seconds, every duty a process of its own; then it is attacked.");
  const lab = await openLab(scratch.path, chosen);
  const results: AttackResult[] = [];
  for (const attack of chosen) {
    const result = await runAttack(attack, lab);
    results.push(result);
    if (!quiet) console.log(`\n${attackLines(result)}`);
  }
  console.log(json ? JSON.stringify(results, null, 2) : table ? securityTable(results) : `\n${countLine(results)}`);
  if (results.some(isFaulty)) process.exitCode = 1;
}
