// SPDX-License-Identifier: Apache-2.0
// npm run attacks [-- [--json] NAME...] runs attacks against real processes; --list names them, --table prints SECURITY.md's table.
import { parseArgs } from "node:util";
import { attacks } from "../attacks.ts";
import { liveHistory } from "./history.ts";
import { type AttackResult, runAttack } from "./judge.ts";
import { scratchDirectory } from "./lab.ts";
import { attackLines, countLine, isFaulty, securityTable } from "./print.ts";

const flag = { type: "boolean", default: false } as const;
const options = { json: flag, list: flag, table: flag };
const { values, positionals: names } = parseArgs({ allowPositionals: true, options });
const unknown = names.filter((name) => attacks.every((attack) => attack.name !== name));
const chosen = attacks.filter(({ name }) => names.length === 0 || names.includes(name));

if (values.list) for (const { name, holds } of attacks) console.log(`${name.padEnd(20)} the attacker holds ${holds}`);
else if (unknown.length > 0) {
  console.error(`No attack is called ${unknown.join(" or ")}. See: npm run attacks -- --list`);
  process.exitCode = 2;
} else await run();

async function run(): Promise<void> {
  await using scratch = await scratchDirectory();
  const quiet = values.json || values.table;
  if (!quiet) console.log("A world lives for some seconds, every duty a process of its own; then it is attacked.");
  const lab = await liveHistory(scratch.path, chosen);
  const results: AttackResult[] = [];
  for (const attack of chosen) {
    const result = await runAttack(attack, lab);
    results.push(result);
    if (!quiet) console.log(`\n${attackLines(result)}`);
  }
  console.log(values.json ? JSON.stringify(results, null, 2) : values.table ? securityTable(results) : `\n${countLine(results)}`);
  if (results.some(isFaulty)) process.exitCode = 1;
}
