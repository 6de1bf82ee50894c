// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { levelOf, sightingsOf, weigh } from "./assessment.ts";
import { bumpOf, skipped } from "./bump.ts";
import type { Group } from "./detector.ts";
import { detectors } from "./detectors.ts";
import { benignRate, bitsOf, CAP_BITS, type Rates } from "./rates.ts";
import { changed, manifest } from "./release.test-support.ts";

const rates: Rates = {
  source: "test",
  pairs: { patch: 100, minor: 50, major: 10 },
  fired: { "dependency-added": { patch: 1, minor: 5, major: 5 }, "file-added": { patch: 20 } },
};

const sighting = (signal: string, group: Group) => ({ signal, group, title: signal, evidence: [{ text: "there" }] });

test("the same signal weighs more where it is rarer: a new dependency in a patch, and in a major", () => {
  const weight = (bump: "patch" | "major"): number => weigh([sighting("dependency-added", "dependency")], bump, rates).bits;
  assert.ok(weight("patch") > weight("major") + 2);
});

test("what one cause shows twice counts once, and is shown all the same", () => {
  const { bits, sightings } = weigh([sighting("file-added", "shape"), sighting("size-2", "shape")], "patch", rates);
  assert.equal(sightings.length, 2);
  assert.equal(bits, Math.max(...sightings.map((each) => each.bits)));
  assert.deepEqual(
    sightings.map(({ counts }) => counts),
    [true, false],
  );
});

test("no signal weighs more than its cap, none less than nothing, and a rarer one never less", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.constantFrom("patch" as const, "minor" as const, "major" as const), (a, b, bump) => {
      const of = 1000;
      const weight = (fired: number): number =>
        bitsOf(benignRate({ source: "", pairs: { patch: of, minor: of, major: of }, fired: { x: { [bump]: fired } } }, "x", bump));
      assert.ok(weight(a) >= 0 && weight(a) <= CAP_BITS);
      assert.ok(a <= b ? weight(a) >= weight(b) : weight(a) <= weight(b));
    }),
  );
});

test("more signals never make a release less suspicious", () => {
  const all = detectors.map(({ signal, group }) => sighting(signal, group));
  fc.assert(
    fc.property(fc.subarray(all), fc.constantFrom(...all), (some, one) => {
      assert.ok(weigh([...some, one], "patch", rates).bits >= weigh(some, "patch", rates).bits - 1e-9);
    }),
  );
});

test("each finding carries the rate that its weight comes from, and where it was seen", async () => {
  const pair = await changed({ "package.json": manifest({ scripts: { postinstall: "node setup.js" } }) });
  const { sightings } = weigh(sightingsOf(pair, detectors), pair.bump, rates);
  const [first] = sightings;
  assert.equal(first?.signal, "install-script-added");
  assert.equal(first?.bits, bitsOf(first?.benign ?? 1));
  assert.deepEqual(first?.evidence, [{ text: "postinstall: node setup.js", path: "package.json" }]);
});

test("thresholds are inclusive", () => {
  const thresholds = { alert: 22, notice: 12 };
  assert.deepEqual(
    [21.9, 22, 12, 11.9].map((bits) => levelOf(bits, thresholds)),
    ["notice", "alert", "notice", "quiet"],
  );
});

test("bumps and skips: zero-major minors break, a step back promises nothing", () => {
  const bumps = [
    ["1.2.3", "1.2.4"],
    ["1.2.3", "1.3.0"],
    ["1.2.3", "2.0.0"],
    ["0.2.3", "0.3.0"],
    ["1.3.0", "1.2.9"],
    ["nightly", "1.0.0"],
  ] as const;
  assert.deepEqual(
    bumps.map(([before, after]) => bumpOf(before, after)),
    ["patch", "minor", "major", "major", "major", "major"],
  );
  assert.equal(bumpOf(undefined, "1.0.0"), "first");
  assert.deepEqual(
    [skipped("1.2.3", "1.2.6"), skipped("1.2.3", "1.2.4"), skipped("1.2.3", "1.4.0"), skipped("1.2.3", "2.0.0")],
    [2, 0, 1, undefined],
  );
});
