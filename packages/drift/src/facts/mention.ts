// SPDX-License-Identifier: Apache-2.0

/** A place in a file, for whoever looks into a finding. Lines count from 1, as SARIF wants them. */
export interface Mention {
  readonly what: string;
  readonly line: number;
}

/** Every match of a pattern with the `g` flag, the first of each word: where it stands, and what `word` makes of it. */
export function mentions(text: string, pattern: RegExp, word: (match: RegExpMatchArray) => string | undefined): readonly Mention[] {
  const found = new Map<string, Mention>();
  let line = 1;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const what = word(match);
    if (what === undefined || found.has(what)) continue;
    for (let at = text.indexOf("\n", from); at !== -1 && at < match.index; at = text.indexOf("\n", at + 1)) {
      line++;
      from = at + 1;
    }
    found.set(what, { what, line });
  }
  return [...found.values()];
}
