// SPDX-License-Identifier: Apache-2.0
import { bigTargetFigures } from "./big-target.ts";
import { type Served, storingClient } from "./clients.ts";
import { type Cost, type Costs, compareClients, type Operation } from "./compare.ts";
import { deviceFigures } from "./device-check.ts";
import { atMost, count, type Figure, shown, times, unmeasured } from "./figure.ts";
import { leastClient } from "./floor.ts";
import { publishFigures } from "./publish-one.ts";
import { cached } from "./repositories/cached.ts";
import { generate, layout, type Size, targetPath } from "./repositories/generate.ts";
import { Server } from "./server.ts";
import { ownLimitSeconds, type Part, type Settings } from "./settings.ts";
import { runSubject } from "./subject.ts";

/** One repository, and what each client paid for it. */
export interface Comparison {
  readonly size: Size;
  /** The size in words. */
  readonly repository: string;
  /** By the client's name. */
  readonly costs: ReadonlyMap<string, Costs>;
}

export interface Result {
  /** What an empty process has resident. */
  readonly idlePeak: number;
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly Figure[];
}

const sizes = (quick: boolean): readonly Size[] =>
  quick
    ? [{ targets: 100 }, { targets: 1000 }, { targets: 10_000, binBits: 8 }]
    : [{ targets: 100 }, { targets: 10_000 }, { targets: 100_000 }, { targets: 1_000_000, binBits: 14 }];

/** Everything that is promised of the trust core's speed, measured in one run. */
export async function benchTrust(settings: Settings): Promise<Result> {
  await runSubject("idle", [], ownLimitSeconds); // the first of all strips types, and has what does that in memory
  const idle = await runSubject("idle", [], ownLimitSeconds);
  const wants = (part: Part): boolean => settings.only.includes(part);
  const comparisons: Comparison[] = [];
  for (const size of wants("clients") ? sizes(settings.quick) : []) comparisons.push(await compare(size, settings));
  const binned: Size = settings.quick ? { targets: 10_000, binBits: 8 } : { targets: 1_000_000, binBits: 14 };
  const figures = [
    ...comparisons.flatMap(comparisonFigures),
    ...(wants("device") ? await deviceFigures(settings) : []),
    ...(wants("download") ? await bigTargetFigures(settings) : []),
    ...(wants("publish") ? await publishFigures(nameOf(binned), await repositoryOf(binned), settings) : []),
  ];
  return { idlePeak: typeof idle === "string" ? 0 : idle.peak, comparisons, figures };
}

/** The directory of a generated repository. */
export function repositoryOf(size: Size): Promise<string> {
  return cached(`v${layout}-${size.targets}-${size.binBits ?? "flat"}`, (empty) => generate(empty, size));
}

function nameOf({ targets, binBits }: Size): string {
  return binBits === undefined ? `flat ${count(targets)}` : `${count(2 ** binBits)} bins, ${count(targets)}`;
}

async function compare(size: Size, settings: Settings): Promise<Comparison> {
  const repository = nameOf(size);
  settings.progress(`${repository}: generating`);
  const directory = await repositoryOf(size);
  using server = await Server.start(directory);
  const served: Served = { directory, server, target: targetPath(size.targets >> 1), binBits: size.binBits };
  settings.progress(`${repository}: clients take turns, tuf-js for at most ${settings.limitSeconds} s`);
  const clients = [
    storingClient("ours", served, ownLimitSeconds),
    leastClient("floor", served),
    leastClient("plain", served),
    storingClient("tuf-js", served, settings.limitSeconds),
  ];
  return { size, repository, costs: await compareClients(clients, settings) };
}

/** The promises that are ratios of what was compared. They are made for the largest sizes; what others measure is shown. */
function comparisonFigures({ size, repository, costs }: Comparison): readonly Figure[] {
  const binned = size.binBits !== undefined;
  const promised = size.targets === (binned ? 1_000_000 : 100_000);
  const operation = binned ? "cold refresh and lookup" : "cold refresh";
  const of = (client: string, doing: Operation = operation): Cost | string => costs.get(client)?.[doing] ?? "not measured";
  const [own, least, way, warm] = [of("ours"), of("floor"), of("plain"), of("ours", "warm refresh")];
  const figure = `${repository}: ${operation} over the floor`;
  const failed = [own, least, way, warm].find((cost) => typeof cost === "string");
  if (typeof own === "string" || typeof least === "string" || typeof way === "string" || typeof warm === "string")
    return [unmeasured(figure, "2 x", String(failed))];
  const inTime = atMost(`${figure}, time`, own.time / least.time, 2, times);
  const beside = binned
    ? atMost(`${repository}: a check without news, requests`, warm.requests, 2, count)
    : atMost(`${figure}, peak memory`, own.peak / least.peak, 1.5, times);
  const overPlain = shown(`${repository}: ${operation} over plain, time`, times(own.time / way.time));
  return promised ? [inTime, overPlain, beside] : [shown(inTime.figure, inTime.measured), overPlain, shown(beside.figure, beside.measured)];
}
