// SPDX-License-Identifier: Apache-2.0
import type { Statement } from "@countersign/trust/release/statement";
import type { Detector } from "../detector.ts";
import { isRelease } from "../release-drift.ts";

/** Declared, and so approved; and yet the one thing about a release that everybody should hear of. Of the updater itself most of all: it is what devices trust with the rest. */
export const privilegesGrown: Detector = {
  name: "privileges-grown",
  severity: "Medium",
  title: "A release declares privileges that the one before it did not",
  means:
    "Its statement asks for more than devices were asked for before. Where it is the updater's own product, it is the updater that gains them.",
  advice: "Ask those who approved it what it needs them for: countersign release show DIGEST",
  detect: ({ repository, intent }) => {
    if (repository.state !== "verified") return [];
    const published = repository.entries.flatMap(({ entry }) => (isRelease(entry) ? [{ digest: entry.digest, body: entry.body }] : []));
    const soaking = (intent?.releases ?? []).flatMap(({ digest, shown }) => (shown === undefined ? [] : [{ digest, body: shown.body }]));
    const all = [...new Map([...published, ...soaking].map((each) => [each.digest, each])).values()];
    return all.flatMap(({ digest, body }) => {
      const before = all.map((other) => other.body).find((other) => precedes(other, body));
      const gained = body.privileges.filter((privilege) => before?.privileges.includes(privilege) === false);
      if (gained.length === 0) return [];
      const { channel, product, version, sequence } = body;
      return [{ about: [digest], evidence: { channel, product, version, sequence, digest, gained } }];
    });
  },
};

function precedes(one: Statement, other: Statement): boolean {
  return one.product === other.product && one.channel === other.channel && one.sequence === other.sequence - 1;
}
