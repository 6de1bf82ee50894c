// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { number } from "@countersign/cli/number";
import { Command, Option } from "commander";
import { benchLedger } from "./ledger.ts";
import { cacheDirectory, sweep } from "./repositories/cached.ts";
import { type Part, parts } from "./settings.ts";
import { promisesText, resultText } from "./table.ts";
import { benchTrust } from "./trust.ts";

interface Options {
  readonly quick?: boolean;
  readonly only?: readonly Part[];
  readonly repeat?: number;
  readonly limit?: number;
  readonly json?: true;
}

const program = new Command("npm run bench --")
  .description("measures what is promised of speed and size, beside peers and limits")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)); // wrong usage is no missed promise
program
  .command("trust")
  .description(`metadata, downloads and publishing, beside tuf-js and the floor: some minutes, and 1.5 GB in ${cacheDirectory}`)
  .option("--quick", "small sizes: to see that it works")
  .addOption(new Option("--only <part...>", "some of it").choices(parts))
  .option("--repeat <n>", "how often each is measured; the median counts (5)", number(1, 1000))
  .option("--limit <seconds>", "how long one run of tuf-js may take (120)", number(1, 86_400))
  .option("--json", "print the figures as one JSON object")
  .addHelpText(
    "after",
    "\nExit 1 where a promise is missed or could not be measured.\n\nExample:\n  $ npm run bench -- trust --only device download",
  )
  .action(trust);
program
  .command("ledger")
  .description("durable appends, the time to a witnessed proof, and reading it all: half a minute")
  .option("--json", "print the figures as one JSON object")
  .addHelpText("after", "\nExit 1 where a promise is missed.\n\nExample:\n  $ npm run bench -- ledger")
  .action(ledger);
program
  .command("clean")
  .description("removes what was generated there")
  .action(() => rmSync(cacheDirectory, { recursive: true, force: true }));
await program.parseAsync();

async function ledger({ json }: Pick<Options, "json">): Promise<void> {
  const figures = await benchLedger((text) => console.error(text));
  console.log(json ? JSON.stringify(figures, null, 2) : promisesText(figures));
  if (figures.some(({ verdict }) => verdict === "missed")) process.exitCode = 1;
}

async function trust({ quick = false, only = parts, repeat = quick ? 3 : 5, limit = quick ? 20 : 120, json }: Options): Promise<void> {
  const began = performance.now();
  try {
    const result = await benchTrust({
      quick,
      only,
      repeat,
      limitSeconds: limit,
      progress: (text) => console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`),
    });
    console.log(json ? JSON.stringify(result, plainMaps, 2) : resultText(result));
    if (result.figures.some(({ verdict }) => verdict === "missed" || verdict === "unmeasured")) process.exitCode = 1;
  } finally {
    sweep();
  }
}

function plainMaps(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
