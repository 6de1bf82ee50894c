// SPDX-License-Identifier: Apache-2.0
import { foreignJson, isRecord, texts } from "@countersign/drift/facts/foreign-json";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { fetchSmall } from "@countersign/updater/fetch-small";
import { network } from "@countersign/updater/network";
import maxSatisfying from "semver/ranges/max-satisfying.js";

/** How old dependencies were at a time, in hours by their names; of the others, why nobody can say. */
export interface Ages {
  readonly hours: Readonly<Record<string, number>>;
  readonly unknown: readonly string[];
}

/** A packument of a package with thousands of versions has 20 million bytes or more. */
const MAX_BYTES = 64 * 1024 * 1024;
const SECONDS = 30;
/** A release that brings more new dependencies than this is looked at for that alone. */
const MAX_ASKED = 50;

/** npm's rule for names, so that what stands in a manifest leads nowhere but below the registry. */
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const alias = /^npm:(.+)@([^@]+)$/;

/**
 * Asks an npm registry how old the versions were that somebody would have got of dependencies, name to range, at a time in Unix seconds: of each the newest in its
 * range that was published by then. The registry's word is nobody's signature: it makes a release more unusual, and never less.
 * Each dependency is asked about once, however often it is wanted. Never refuses: a registry that does not answer, a name that it does not know and a range of no registry are `unknown`.
 */
export function dependencyAges(registry: string, at: number): (wanted: ReadonlyMap<string, string>) => Promise<Ages> {
  const asked = new Map<string, Outcome<number>>();
  return async (wanted) => {
    const hours: (readonly [string, number])[] = [];
    const unknown: string[] = [];
    for (const [name, range] of wanted) {
      const key = `${name} ${range}`;
      const published = asked.get(key) ?? (asked.size < MAX_ASKED ? await publishedAt(registry, name, range, at) : tooMany());
      if (asked.size < MAX_ASKED) asked.set(key, published);
      if (published.ok) hours.push([name, (at - published.value) / 3600]);
      else unknown.push(`${name}: expected ${published.refusal.expected}, found ${published.refusal.found}`);
    }
    return { hours: Object.fromEntries(hours), unknown };
  };
}

function tooMany(): Outcome<never> {
  return refuse("dependencies-exceeded", `at most ${MAX_ASKED} new dependencies`, "more", "Read the list by hand.");
}

/** When the version was published that the range stood for. Unix seconds. */
async function publishedAt(registry: string, name: string, range: string, at: number): Promise<Outcome<number>> {
  const [, target = name, span = range] = alias.exec(range) ?? [];
  const times = await versionTimes(registry, target);
  if (!times.ok) return times;
  const there = new Map([...times.value].filter(([, time]) => time <= at));
  const chosen = maxSatisfying([...there.keys()], span);
  const time = chosen === null ? undefined : there.get(chosen);
  return time === undefined
    ? refuse("version-unknown", `a version of ${target} in ${span} that was there by then`, "none", "Ask who wrote the dependency.")
    : accept(time);
}

/** When each version of a package was published (`time` of its packument). */
async function versionTimes(registry: string, name: string): Promise<Outcome<ReadonlyMap<string, number>>> {
  if (!packageName.test(name)) return refuse("name-malformed", "the name of a package", name.slice(0, 80), "Ask who wrote the dependency.");
  using way = network();
  const url = `${registry.replace(/\/$/, "")}/${name.replace("/", "%2f")}`;
  const bytes = await fetchSmall(way, { url, maxBytes: MAX_BYTES, seconds: SECONDS });
  if (!bytes.ok) return bytes;
  const packument = bytes.value === undefined ? undefined : foreignJson(bytes.value);
  if (!isRecord(packument))
    return refuse(
      "package-unknown",
      `a packument at ${url}`,
      bytes.value === undefined ? "nothing" : "something else",
      "Ask who wrote it.",
    );
  const dates = Object.entries(texts(packument["time"])).map(([version, date]): [string, number] => [version, Date.parse(date) / 1000]);
  return accept(new Map(dates.filter(([, time]) => Number.isFinite(time))));
}
