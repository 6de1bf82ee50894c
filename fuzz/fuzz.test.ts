// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { accept, refuse } from "@countersign/tlog/refusal";
import { Campaign } from "./campaign.ts";
import { Chance } from "./chance.ts";
import { seedsOf } from "./corpus.ts";
import { jsonSpans } from "./mutate/json-spans.ts";
import { mutate, Parent } from "./mutate/mutate.ts";
import type { Examine, Target } from "./target.ts";
import { targets } from "./targets.ts";

/** A share of a turn: enough for every kind of mutation at every target, quick enough for every run of the tests. */
const share = 0.4;

for (const target of targets)
  test(`${target.name}: honest input is accepted, and broken input is refused in peace`, async () => {
    const chance = new Chance(1);
    const seeds = seedsOf(target);
    const campaign = new Campaign(target, seeds);
    for (const seed of seeds) assert.equal(await campaign.try(seed, chance), undefined);
    assert.ok(campaign.accepted > 0, "not one honest input was accepted");
    const finding = await campaign.turn(Math.ceil(target.turn * share), chance, () => undefined);
    assert.equal(finding, undefined, finding && `${finding.what}\n${Buffer.from(finding.input).toString("base64")}`);
    assert.ok(campaign.answers > 1, "nothing was refused");
  });

function planted(examine: Examine): Target {
  return { name: "planted", corpus: [], form: "json", turn: 1, prepare: () => examine };
}

const seeds = [Buffer.from('{"signed":{"version":1},"signatures":[{"keyid":"a","sig":"b"}]}')];
const refusal = refuse("no", "yes", "no", "none");

test("a reader that throws, one that hangs and one that accepts a forgery are found", async () => {
  const throwing = planted((input) => {
    JSON.parse(Buffer.from(input).toString());
    return refusal;
  });
  const slow = planted((input) => {
    const before = process.threadCpuUsage();
    while (input.length > 100 && process.threadCpuUsage(before).user < 60_000);
    return refusal;
  });
  const gullible = planted((input) => {
    const text = Buffer.from(input).toString();
    if (text.includes('"version":9007199254740993')) throw new Error("accepted");
    return accept(undefined);
  });
  for (const [target, what] of [
    [throwing, /SyntaxError/],
    [slow, /took more than/],
    [gullible, /accepted/],
  ] as const) {
    const finding = await new Campaign(target, seeds).turn(20_000, new Chance(7), () => undefined);
    assert.match(finding?.what ?? "nothing found", what);
  }
});

test("the same seed breaks the same input in the same way", () => {
  const broken = (seed: number): string[] => {
    const chance = new Chance(seed);
    const parent = new Parent(seeds[0] ?? Buffer.alloc(0));
    return Array.from({ length: 200 }, () => mutate(parent, "json", chance, parent).toString("latin1"));
  };
  assert.deepEqual(broken(3), broken(3));
  assert.notDeepEqual(broken(3), broken(4));
});

test("the parts of a document are found where they stand", () => {
  const bytes = Buffer.from('{ "a" : [1, "b\\"}", {}], "c":-2 }');
  const parts = jsonSpans(bytes);
  const cut = (spans: readonly { readonly start: number; readonly end: number }[] = []): string[] =>
    spans.map(({ start, end }) => bytes.toString("utf8", start, end));
  assert.deepEqual(cut(parts?.numbers), ["1", "-2"]);
  assert.deepEqual(cut(parts?.strings), ['"b\\"}"']);
  assert.deepEqual(cut(parts?.items), ["1", '"b\\"}"', "{}"]);
  assert.deepEqual(cut(parts?.members), ['"a" : [1, "b\\"}", {}]', '"c":-2']);
  assert.equal(jsonSpans(Buffer.from("{")), undefined);
});
