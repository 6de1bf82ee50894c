// SPDX-License-Identifier: Apache-2.0

/**
 * What is wrong with a run that the test runner itself calls a success, read from its TAP record: no test ran, a file has
 * none, or, where `strict`, some were skipped or left to do. Undefined if nothing is.
 */
export function judge(tap: string, strict: boolean): string | undefined {
  const count = Number(/^# tests (\d+)$/m.exec(tap)?.[1] ?? 0);
  if (count === 0) return "No test ran: the pattern matches no file.";
  const empty = matches(tap, /^ok \d+ - (.*\.test\.\w+)$/gm); // the runner counts a file without a test as one that passed
  if (empty.length > 0) return `Files without a test:\n${empty.join("\n")}`;
  const left = matches(tap, /^ *(?:not )?ok \d+ - (.* # (?:SKIP|TODO).*)$/gm);
  return strict && left.length > 0 ? `Skipped tests are errors in CI:\n${left.join("\n")}` : undefined;
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, match = ""]) => match);
}
