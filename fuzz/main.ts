// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { Campaign } from "./campaign.ts";
import { Chance } from "./chance.ts";
import { seedsOf } from "./corpus.ts";
import { keepFinding } from "./findings.ts";
import { executionsOf, progressLine } from "./progress.ts";
import { supervise } from "./supervisor.ts";
import { targets, targetsNamed } from "./targets.ts";

const usage = `npm run fuzz -- [--minutes N] [--executions N] [--workers N] [--seed N] [--target NAME]...
npm run fuzz -- --replay FILE

Breaks honest documents and gives them to our readers. Stops after N minutes (1), or N executions; exit 1 if something was found.
Targets: ${targets.map(({ name }) => name).join(", ")}`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    executions: { type: "string", default: "Infinity" },
    workers: { type: "string", default: String(availableParallelism()) },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    target: { type: "string", multiple: true, default: targets.map(({ name }) => name) },
    replay: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (values.replay !== undefined) await replay(values.replay);
else await fuzz();

async function fuzz(): Promise<void> {
  const [time, executions, workers, seed] = [values.minutes, values.executions, values.workers, values.seed].map(Number);
  if (time === undefined || executions === undefined || workers === undefined || seed === undefined) throw new Error(usage);
  targetsNamed(values.target);
  console.error(`seed ${seed}, ${workers} workers, ${values.target.length} targets`);
  const began = performance.now();
  const progress = progressLine(process.stderr);
  let findings = 0;
  const records = await supervise({
    seed,
    workers,
    time: time * 60_000,
    executions,
    targets: values.target,
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
  if (target === undefined) throw new Error(usage);
  const finding = await new Campaign(target, seedsOf(target)).try(readFileSync(file), new Chance(0));
  console.log(finding === undefined ? "stood it" : finding.what);
  if (finding !== undefined) process.exitCode = 1;
}
