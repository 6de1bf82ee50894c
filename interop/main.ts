// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { countersign } from "./implementations/countersign.ts";
import { goTuf } from "./implementations/go-tuf.ts";
import { pythonTuf } from "./implementations/python-tuf.ts";
import { tough } from "./implementations/tough.ts";
import { tufJs } from "./implementations/tuf-js.ts";
import { meet } from "./meeting.ts";
import { cacheDirectory } from "./program.ts";
import { reportText } from "./report.ts";

const others = [tufJs, pythonTuf, goTuf, tough];

const usage = `npm run interop -- [--only NAME]... [--json]

Lets other TUF implementations read what we write, and reads what they write; exit 1 where one does not do what it should.
Implementations: ${others.map(({ name }) => name).join(", ")}. Those that are not npm's are built in ${cacheDirectory}, where their toolchain is
present; the first time takes some minutes.`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: others.map(({ name }) => name) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else await main();

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-interop-"));
  try {
    const wanted = others.filter(({ name }) => values.only.includes(name));
    const report = await meet(countersign, wanted, directory, (text) => console.error(text));
    console.log(values.json ? JSON.stringify(report, undefined, 2) : reportText(report));
    if (report.encounters.some(({ verdict }) => verdict === "mismatch")) process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
