// SPDX-License-Identifier: Apache-2.0
import { linkSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { atMost, count, type Figure, median, milliseconds, unmeasured } from "./figure.ts";
import { scratch } from "./repositories/cached.ts";
import { ownLimitSeconds, type Settings } from "./settings.ts";
import { runSubject } from "./subject.ts";

const wanted = "bin, snapshot, timestamp and the target: 4";

/** What it costs to publish one target more into a repository of bins, and which files that touches. */
export async function publishFigures(repository: string, directory: string, settings: Settings): Promise<readonly Figure[]> {
  const what = `publishing one target into ${repository}`;
  settings.progress(what);
  const times: number[] = [];
  const changes: number[] = [];
  for (let round = 0; round < settings.repeat; round++) {
    const copy = linkedCopy(directory);
    const before = filesOf(copy);
    const report = await runSubject("publish-one", [copy, `new-${round}.tar.gz`], ownLimitSeconds);
    if (typeof report === "string") return [unmeasured(what, "1 s; no file but those that change", report)];
    times.push(report.steps["publish"] ?? 0);
    changes.push([...filesOf(copy)].filter(([path, state]) => before.get(path) !== state).length);
  }
  return [
    atMost(`${what}: time`, median(times), 1000, milliseconds),
    atMost(`${what}: files written (${wanted})`, median(changes), 4, count),
  ];
}

/** The same files under other names: the store never changes a file in place. */
function linkedCopy(directory: string): string {
  const copy = scratch("publish");
  for (const path of filesOf(directory).keys()) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    linkSync(join(directory, path), join(copy, path));
  }
  return copy;
}

/** Every file, with what tells whether it is still the same. */
function filesOf(directory: string): ReadonlyMap<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => relative(directory, join(parentPath, name)));
  return new Map(
    paths.map((path) => {
      const { ino, mtimeMs, size } = statSync(join(directory, path));
      return [path, `${ino} ${mtimeMs} ${size}`];
    }),
  );
}
