// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { bumpOf } from "@countersign/drift/bump";
import { type Listed, type Tarball, versionsOf } from "./npm-registry.ts";
import { packages } from "./packages.ts";

/** Two consecutive releases of one line. `calibration`: rates are measured on it; `held-out`: nothing was ever fitted to it. */
export interface BenignPair {
  readonly name: string;
  readonly before: Omit<Tarball, "name">;
  readonly after: Omit<Tarball, "name">;
  readonly set: "calibration" | "held-out";
}

const PAIRS_A_PACKAGE = 4;
const MAX_UNPACKED = 16 * 1024 * 1024;
const stable = /^\d+\.\d+\.\d+$/;

/** The newest pairs of each package, spread over its kinds of bump. A package is in one set with all its pairs, since they resemble one another. */
export async function choosePairs(progress: (text: string) => void): Promise<readonly BenignPair[]> {
  const chosen: BenignPair[] = [];
  for (const name of packages) {
    progress(name);
    const versions = (await versionsOf(name)).filter(({ version }) => stable.test(version)).toSorted(byVersion);
    const pairs = versions.slice(1).map((after, index) => ({ before: versions[index] as Listed, after }));
    const small = pairs.filter(({ before, after }) => Math.max(before.size, after.size) <= MAX_UNPACKED).reverse();
    const majors = small.filter(({ before, after }) => bumpOf(before.version, after.version) === "major").slice(0, 1);
    const minors = small.filter(({ before, after }) => bumpOf(before.version, after.version) === "minor").slice(0, 1);
    const rest = small.filter((pair) => ![...majors, ...minors].includes(pair)).slice(0, PAIRS_A_PACKAGE - majors.length - minors.length);
    const set = (createHash("sha256").update(name).digest()[0] ?? 0) % 2 === 0 ? "calibration" : "held-out";
    for (const { before, after } of [...rest, ...minors, ...majors]) chosen.push({ name, before: kept(before), after: kept(after), set });
  }
  return chosen;
}

function kept({ version, integrity }: Listed): Omit<Tarball, "name"> {
  return { version, integrity };
}

function byVersion(a: Listed, b: Listed): number {
  const [x, y] = [a.version.split(".").map(Number), b.version.split(".").map(Number)];
  return (x[0] ?? 0) - (y[0] ?? 0) || (x[1] ?? 0) - (y[1] ?? 0) || (x[2] ?? 0) - (y[2] ?? 0);
}
