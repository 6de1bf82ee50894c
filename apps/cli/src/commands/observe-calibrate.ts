// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { measuredRates } from "@countersign/drift/measured-rates";
import { benignRate, bitsOf, type Rates } from "@countersign/drift/rates";
import { calibrate as calibrated } from "@countersign/release/calibrate";
import { readPublished } from "@countersign/release/published";
import { ratesText } from "@countersign/release/rates-file";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { openSite, type SiteOptions } from "../site.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions {
  readonly out: string;
}

const kinds = ["patch", "minor", "major"] as const;

export function calibrate(command: Command): void {
  command
    .description(
      "count what this project's own releases change, so that what each of them does weighs less; observe takes the file as `rates` of observe.json, `release diff` and `release approve` as `--rates`",
    )
    .requiredOption("--out <file>", "where the rates are written");
  verb<Options>(command, "observe calibrate --out rates.json", async ({ out, ...options }, screen) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const { project, source, govern } = site.value;
    const { product, channel } = project.plan;
    const published = await readPublished(source, project.plan);
    if (!published.ok) return published;
    const progress = (done: number, of: number): void => screen.progress(`${done} of ${of} releases ...`);
    const history = { govern, published: published.value, product, channel, store: source.store, now: new Date(source.now), progress };
    const counted = await calibrated(history);
    if (!counted.ok) return counted;
    const { pairs, denied, own, rates } = counted.value;
    await writeFile(out, ratesText(rates));
    const rows = Object.keys(own.fired).flatMap((signal) =>
      kinds.flatMap((kind) => {
        const fired = own.fired[signal]?.[kind] ?? 0;
        return fired === 0
          ? []
          : [[signal, kind, `${fired} of ${own.pairs[kind]}`, bitsAt(measuredRates, signal, kind), bitsAt(rates, signal, kind)]];
      }),
    );
    return accept({
      json: { pairs, denied, own, out },
      text: [
        `${pairs} releases of ${product} ${channel} compared with the one before each${denied === 0 ? "" : `; ${denied} were denied and left out`}.`,
        rows.length === 0
          ? "None of them showed anything that is looked for."
          : table(["signal", "bump", "in", "bits before", "bits now"], rows),
        `The rates are in ${out}. Next: name it as "rates" in the project's observe.json and start again (countersign up), and as --rates to release diff and release approve.`,
      ].join("\n"),
    });
  });
}

function bitsAt(rates: Rates, signal: string, kind: (typeof kinds)[number]): string {
  return bitsOf(benignRate(rates, signal, kind)).toFixed(1);
}
