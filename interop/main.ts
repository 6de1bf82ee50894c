// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { countersign } from "./implementations/countersign.ts";
import { goTuf } from "./implementations/go-tuf.ts";
import { pythonTuf } from "./implementations/python-tuf.ts";
import { tough } from "./implementations/tough.ts";
import { tufJs } from "./implementations/tuf-js.ts";
import { meet } from "./meeting.ts";
import { cacheDirectory } from "./program.ts";
import { reportText } from "./report.ts";

const others = [tufJs, pythonTuf, goTuf, tough];

interface Options {
  readonly only?: readonly string[];
  readonly json?: true;
}

await new Command("npm run interop --")
  .description("lets other TUF implementations read what we write, and reads what they write")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)) // wrong usage is no finding
  .addOption(new Option("--only <name...>", "some of them").choices(others.map(({ name }) => name)))
  .option("--json", "print what happened as one JSON object")
  .addHelpText(
    "after",
    `
Those that are not npm's are built in ${cacheDirectory},
where their toolchain is present; the first time takes some minutes. Exit 1 where one does not do what it should.

Example:
  $ npm run interop -- --only tuf-js python-tuf`,
  )
  .action(run)
  .parseAsync();

async function run({ only, json }: Options): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-interop-"));
  try {
    const wanted = others.filter(({ name }) => only?.includes(name) ?? true);
    const report = await meet(countersign, wanted, directory, (text) => console.error(text));
    console.log(json ? JSON.stringify(report, undefined, 2) : reportText(report));
    if (report.encounters.some(({ verdict }) => verdict === "mismatch")) process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
