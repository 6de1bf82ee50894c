// SPDX-License-Identifier: Apache-2.0
// Everything that must hold before a change is merged: `npm test`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { ensure, programs } from "./outside.ts";
import { run } from "./run.ts";
import { root, workbenches } from "./sources.ts";
import { judge } from "./verdict.ts";

const scratch = mkdtempSync(join(tmpdir(), "check-"));
process.on("exit", () => rmSync(scratch, { recursive: true }));
const record = join(scratch, "tests.tap");

const modules = join(root, "node_modules");
const tests = [
  `--import=${join(root, "tools/whole-report.ts")}`,
  "--test",
  "--test-concurrency=4",
  "--test-force-exit",
  "--test-timeout=1200000",
  ...["--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap", `--test-reporter-destination=${record}`],
  `{packages,duties,apps,world,attacks,${workbenches}}/**/*.test.ts`,
];

await step("Lint and format", [join(modules, "@biomejs/biome/bin/biome"), "check", "."]);
await step("Types", [join(modules, "typescript/bin/tsc"), "--noEmit"]);
for (const reason of ensure(programs.map(({ name }) => name))) console.log(reason);
await step("Tests", tests);
const complaint = judge(readFileSync(record, "utf8"), process.env["CI"] === "true");
if (complaint !== undefined) {
  console.error(styleText("red", complaint));
  process.exit(1);
}

async function step(title: string, args: readonly string[]): Promise<void> {
  console.log(styleText("bold", `\n${title}`));
  const code = await run(process.execPath, args);
  if (code !== 0) process.exit(code);
}
