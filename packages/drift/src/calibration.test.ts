// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BenignSighting, OWN_WEIGHT, ratesOf, withHistory } from "./calibration.ts";
import { detectors } from "./detectors.ts";
import { measuredRates } from "./measured-rates.ts";
import { benignRate, bitsOf } from "./rates.ts";

const release = (bump: BenignSighting["bump"], ...signals: readonly string[]): BenignSighting => ({
  bump,
  sightings: signals.map((signal) => ({ signal })),
});
const patches = Array.from({ length: 20 }, () => release("patch", "native-changed"));

test("what a line does in every patch weighs little in its next, and more in another kind of bump", () => {
  const rates = withHistory(measuredRates, ratesOf(patches, "20 releases of hello"));
  const bits = (signal: string, bump: "patch" | "major", by = rates) => bitsOf(benignRate(by, signal, bump));
  assert.ok(bits("native-changed", "patch") < 1.5);
  assert.ok(bits("native-changed", "patch", measuredRates) > 4);
  assert.ok(bits("native-changed", "major") > bits("native-changed", "patch"));
});

test("attack: a short history makes nothing light that nobody ever did", () => {
  const rates = withHistory(measuredRates, ratesOf(patches.slice(0, 2), "two releases"));
  const never = detectors.map(({ signal }) => signal).filter((signal) => measuredRates.fired[signal] === undefined);
  assert.ok(never.length > 10);
  for (const signal of never)
    assert.ok(bitsOf(benignRate(rates, signal, "patch")) >= bitsOf(benignRate(measuredRates, signal, "patch")) - 0.001, signal);
});

test("counts are added, and the source says both", () => {
  const own = ratesOf([release("minor", "host-added"), release("first", "host-added")], "one release of hello");
  const { pairs, fired, source } = withHistory(measuredRates, own);
  assert.equal(pairs.minor, measuredRates.pairs.minor + OWN_WEIGHT);
  assert.equal(fired["host-added"]?.minor, (measuredRates.fired["host-added"]?.minor ?? 0) + OWN_WEIGHT);
  assert.ok(source.includes("one release of hello") && source.includes(measuredRates.source));
});
