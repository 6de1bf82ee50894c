// SPDX-License-Identifier: Apache-2.0

/**
 * Whether a path is one that PATHPATTERN means (TUF 4.5): `*` stands for any characters of one segment, none included, `?` for exactly one,
 * and neither for a slash; everything else stands for itself. No backtracking beyond the last star, so it takes at most as many steps
 * as the product of both lengths, whatever the pattern; how many patterns a document has is bounded by `patternsLength`.
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((segment, index) => matchesSegment([...segment], [...(given[index] ?? "")]));
}

function matchesSegment(pattern: readonly string[], segment: readonly string[]): boolean {
  let [at, here] = [0, 0];
  let [star, resume] = [-1, 0]; // the last star, and where what it stands for ends
  while (here < segment.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = here;
    } else if (pattern[at] === "?" || (pattern[at] !== undefined && pattern[at] === segment[here])) {
      at++;
      here++;
    } else if (star >= 0) {
      at = star + 1;
      here = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
