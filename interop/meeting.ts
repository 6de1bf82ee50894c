// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { repositoryServer } from "@countersign/distribute/server";
import { type Feature, features } from "./feature.ts";
import { forgeries } from "./forgeries.ts";
import type { Answer, Implementation, Shelf } from "./implementation.ts";
import { lacking } from "./lacking.ts";
import { ourRepositories } from "./our-repositories.ts";

/** One feature between a writer and a reader, one of which is ours. */
export interface Encounter {
  readonly feature: string;
  readonly writer: string;
  readonly reader: string;
  /** `pass`: read whole. `refuse`: refused, as it must be. `lacking`: not to be had there, for a reason that is known. */
  readonly verdict: "pass" | "refuse" | "lacking" | "mismatch";
  readonly reason?: string;
}

export interface MeetingReport {
  /** Who was there, and who could not come, with the reason. */
  readonly ran: readonly string[];
  readonly missing: Readonly<Record<string, string>>;
  readonly encounters: readonly Encounter[];
}

/** Lets each of the others read what we write, and us what they write. */
export async function meet(
  ours: Implementation,
  others: readonly Implementation[],
  directory: string,
  tell: (text: string) => void,
): Promise<MeetingReport> {
  const missing: Record<string, string> = {};
  const ran: Implementation[] = [];
  for (const other of others) {
    tell(`${other.name}: installing`);
    const why = await other.install();
    if (why === undefined) ran.push(other);
    else missing[other.name] = why;
  }
  await using site = await serve(directory);
  const shelfOf = (name: string, listed: readonly Feature[]): Shelf => ({
    features: listed,
    featuresFile: writeFeatures(directory, name, listed),
    directory: join(directory, name),
    url: `${site.url}/${name}`,
  });

  tell("countersign: writing");
  const written = await ours.write(features, writeFeatures(directory, "plain", features), join(directory, "countersign"));
  const encounters: Encounter[] = written.filter(({ ok }) => !ok).map((answer) => unwritten(answer, ours, ours));
  tell("countersign: living through a release");
  const own = await ourRepositories(join(directory, "countersign"));
  const forged = forgeries(join(directory, "countersign"));
  const shelf = shelfOf("countersign", [...features, ...own, ...forged]);
  for (const reader of [ours, ...ran]) {
    tell(`${reader.name}: reading ours`);
    const answers = await reader.read(shelf, join(directory, "work", `${reader.name}-of-ours`));
    encounters.push(...judged(answers, ours, reader, forged));
  }
  for (const writer of ran) {
    tell(`${writer.name}: writing`);
    const place = join(directory, writer.name);
    const answers = await writer.write(features, writeFeatures(directory, "plain", features), place);
    encounters.push(...answers.filter(({ ok }) => !ok).map((answer) => unwritten(answer, writer, ours)));
    const readable = features.filter(({ name }) => answers.some(({ feature, ok }) => ok && feature === name));
    const forgedTheirs = forgeries(place);
    const theirs = shelfOf(writer.name, [...readable, ...forgedTheirs]);
    encounters.push(...judged(await ours.read(theirs, join(directory, "work", `ours-of-${writer.name}`)), writer, ours, forgedTheirs));
  }
  return { ran: ran.map(({ name }) => name), missing, encounters };
}

function judged(answers: readonly Answer[], writer: Implementation, reader: Implementation, forged: readonly Feature[]): Encounter[] {
  return answers.map(({ feature, ok, reason }) => {
    const known = lacking[reader.name]?.read?.[feature];
    const mustRefuse = forged.some(({ name }) => name === feature);
    const encounter = { feature, writer: writer.name, reader: reader.name };
    if (mustRefuse)
      return ok ? { ...encounter, verdict: "mismatch", reason: "read, though it is forged" } : { ...encounter, verdict: "refuse" };
    if (known !== undefined)
      return ok
        ? { ...encounter, verdict: "mismatch", reason: `works after all: ${known}` }
        : { ...encounter, verdict: "lacking", reason: known };
    return ok ? { ...encounter, verdict: "pass" } : { ...encounter, verdict: "mismatch", reason: reason ?? "" };
  });
}

function unwritten({ feature, reason = "" }: Answer, writer: Implementation, reader: Implementation): Encounter {
  const known = lacking[writer.name]?.write?.[feature];
  const encounter = { feature, writer: writer.name, reader: reader.name };
  return known === undefined
    ? { ...encounter, verdict: "mismatch", reason: `not written: ${reason}` }
    : { ...encounter, verdict: "lacking", reason: known };
}

function writeFeatures(directory: string, name: string, listed: readonly Feature[]): string {
  mkdirSync(join(directory, "features"), { recursive: true });
  const file = join(directory, "features", `${name}.json`);
  writeFileSync(file, JSON.stringify(listed));
  return file;
}

/** The product's own server, over everything. */
async function serve(directory: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = repositoryServer(directory);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
