// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { cacheDirectory, sweep } from "./repositories/cached.ts";
import { parts } from "./settings.ts";
import { resultText } from "./table.ts";
import { benchTrust } from "./trust.ts";

const usage = `npm run bench -- trust [--quick] [--only PART]... [--repeat N] [--limit SECONDS] [--json]
npm run bench -- clean

trust    metadata, downloads and publishing, beside tuf-js and the floor. Takes some minutes, and 1.5 GB in ${cacheDirectory}
clean    removes what was generated there
--quick  small sizes: to see that it works
--only   ${parts.join(", ")}
--repeat how often each is measured; the median counts (5)
--limit  how long one run of tuf-js may take (120)
Exit 1 where a promise is missed or could not be measured.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    repeat: { type: "string" },
    limit: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const [suite] = positionals;
if (suite === "trust") await trust();
else if (suite === "clean") rmSync(cacheDirectory, { recursive: true, force: true });
else {
  console.error(usage);
  process.exitCode = 2;
}

async function trust(): Promise<void> {
  const { quick, json } = values;
  const began = performance.now();
  try {
    const result = await benchTrust({
      quick,
      only: parts.filter((part) => values.only?.includes(part) ?? true),
      repeat: Number(values.repeat ?? (quick ? 3 : 5)),
      limitSeconds: Number(values.limit ?? (quick ? 20 : 120)),
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
