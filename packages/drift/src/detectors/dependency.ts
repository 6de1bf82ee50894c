// SPDX-License-Identifier: Apache-2.0
import type { Detector, Evidence } from "../detector.ts";
import type { Manifest } from "../facts/manifest.ts";
import type { Pair } from "../pair.ts";

interface Dependency {
  readonly name: string;
  readonly range: string;
}

function dependencies(manifest: Manifest | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries({ ...manifest?.dependencies, ...manifest?.optionalDependencies }));
}

/** Name to range of what a manifest asks for and the one before it did not. */
export function addedDependencies(before: Manifest | undefined, after: Manifest | undefined): ReadonlyMap<string, string> {
  const was = dependencies(before);
  return new Map([...dependencies(after)].filter(([name]) => !was.has(name)));
}

function addedTo({ before, after }: Pair): readonly Dependency[] {
  if (before === undefined) return [];
  return [...addedDependencies(before.contents.manifest, after.contents.manifest)].map(([name, range]) => ({ name, range }));
}

function named({ name, range }: Dependency): Evidence {
  return { text: `${name} ${range}`, path: "package.json" };
}

export const dependencyAdded: Detector = {
  signal: "dependency-added",
  group: "dependency",
  title: "A dependency that was not there",
  detect: (pair) => addedTo(pair).map(named),
};

/** Nothing asks for it, and it is installed all the same: its own install script is what it is for. Types and prebuilt binaries for a platform are no phantoms. */
export const dependencyPhantom: Detector = {
  signal: "dependency-phantom",
  group: "dependency",
  title: "A new dependency that no code of the release asks for",
  detect: (pair) => {
    const { asked, manifest } = pair.after.contents;
    const scripts = Object.values(manifest?.scripts ?? {}).join("\n");
    return addedTo(pair)
      .filter(({ name }) => !name.startsWith("@types/") && manifest?.optionalDependencies[name] === undefined)
      .filter(({ name }) => !asked.has(name) && !scripts.includes(name.replace(/^@[^/]+\//, "")))
      .map(named);
  },
};

const YOUNG_HOURS = 72;

export const dependencyYoung: Detector = {
  signal: "dependency-young",
  group: "dependency",
  title: `A new dependency whose version is younger than ${YOUNG_HOURS} hours`,
  detect: (pair) =>
    addedTo(pair).flatMap((dependency) => {
      const age = pair.after.dependencyAges?.[dependency.name];
      return age === undefined || age >= YOUNG_HOURS
        ? []
        : [{ ...named(dependency), text: `${dependency.name}, ${Math.floor(age)} hours old` }];
    }),
};

/** From a place where no registry keeps what was there yesterday. */
export const dependencyFromUrl: Detector = {
  signal: "dependency-from-url",
  group: "dependency",
  title: "A dependency comes from a URL or a git repository",
  detect: ({ before, after }) => {
    const was = dependencies(before?.contents.manifest);
    if (before === undefined) return [];
    return [...dependencies(after.contents.manifest)]
      .filter(([name, range]) => was.get(name) !== range && /^(?:git|https?:|github:|file:|[\w-]+\/[\w.-]+(?:#|$))/.test(range))
      .map(([name, range]) => named({ name, range }));
  },
};

export const dependencyRange: Detector = {
  signal: "dependency-range",
  group: "dependency",
  title: "Another version of a dependency is asked for",
  detect: ({ before, after }) => {
    const was = dependencies(before?.contents.manifest);
    return [...dependencies(after.contents.manifest)]
      .filter(([name, range]) => was.has(name) && was.get(name) !== range)
      .map(([name, range]) => ({ text: `${name} ${was.get(name)} to ${range}`, path: "package.json" }));
  },
};
