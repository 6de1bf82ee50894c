// SPDX-License-Identifier: Apache-2.0

/** What the version numbers promise of a change (Semantic Versioning 2.0.0); `first` where nothing came before. */
export type Bump = "patch" | "minor" | "major" | "first";

const version = /^v?(\d+)\.(\d+)(?:\.(\d+))?/;

/** Versions that are no such numbers, or go back, promise nothing: they count as `major`, of which most is expected. */
export function bumpOf(before: string | undefined, after: string): Bump {
  if (before === undefined) return "first";
  const [was, is] = [numbers(before), numbers(after)];
  if (was === undefined || is === undefined) return "major";
  if (was[0] !== is[0]) return "major";
  if (was[1] !== is[1]) return was[0] === 0 ? "major" : is[1] > was[1] ? "minor" : "major";
  return "patch";
}

/** How many releases of its line a version passes over: 1.2.3 to 1.2.6 is two. Undefined where that cannot be said. */
export function skipped(before: string, after: string): number | undefined {
  const [was, is] = [numbers(before), numbers(after)];
  if (was === undefined || is === undefined || was[0] !== is[0]) return undefined;
  if (was[1] === is[1]) return is[2] - was[2] - 1;
  return is[2] === 0 && is[1] > was[1] ? is[1] - was[1] - 1 : undefined;
}

function numbers(text: string): readonly [number, number, number] | undefined {
  const match = version.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}
