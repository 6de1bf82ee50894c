// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { bestAddition } from "./best-addition.ts";
import { choosePlan, type Wish } from "./choose-plan.ts";
import { type Ask, interview } from "./interview.ts";
import { planText } from "./plan-text.ts";

/** Somebody who answers one question after the other, and nothing more when that is all. */
function answering(...answers: readonly string[]): Ask {
  let next = 0;
  return async () => answers[next++] ?? "";
}

const chosen = (wish: Partial<Wish>) => choosePlan({ product: "hello", channel: "stable", owners: ["ann"], ...wish });
const people = (count: number): readonly string[] => ["ann", "ben", "cem", "dia", "eva", "fay", "gil"].slice(0, count);

test("whoever answers nothing is alone, builds in one place, and wants the strongest that this can be", async () => {
  const answers = await interview(answering(), "you");
  assert.deepEqual(answers, { ok: true, value: { owners: ["you"], builders: 1, hardware: [], profile: undefined } });
});

test("names stand with spaces or commas between them, each once", async () => {
  const answers = await interview(answering(" ann, ben ann  cem", "2", "Agent", "ben"), "you");
  assert.deepEqual(answers, { ok: true, value: { owners: ["ann", "ben", "cem"], builders: 2, hardware: ["ben"], profile: "agent" } });
});

test("what cannot be understood is refused, and not guessed", async () => {
  for (const answers of [
    ["ann", "many"],
    ["ann", "0"],
    ["ann", "1", "spaceship"],
  ]) {
    const refused = await interview(answering(...answers), "you");
    assert.equal(refused.ok ? "" : refused.refusal.code, "answer-malformed");
  }
});

test("a profile that there are too few for is refused with how many are missing, and what these can hold", () => {
  const refusal = (wish: Partial<Wish>): string => {
    const choice = chosen(wish);
    return choice.ok ? "" : `${choice.refusal.found}. ${choice.refusal.remedy}`;
  };
  assert.match(refusal({ profile: "app" }), /Add 3 people .*solo is the strongest that you can hold/);
  assert.match(
    refusal({ profile: "agent", owners: people(4), builders: 1 }),
    /Add 1 person .* and 1 build system .*: app is the strongest/,
  );
  assert.match(refusal({ profile: "firmware", owners: people(6) }), /Add 1 person .*: agent is the strongest/);
  assert.match(refusal({ profile: "agent", owners: [...people(4), "ann"] }), /^4 people/);
});

test("the single addition that helps most is found by trying: a second person, a second build system, and nothing where nothing helps", () => {
  const addition = (wish: Partial<Wish>) => {
    const choice = chosen(wish);
    assert.ok(choice.ok);
    const best = bestAddition(choice.value);
    return best && [best.what, ...best.ends.map(({ who, can }) => `${who} ${can}`)];
  };
  assert.deepEqual(addition({}), ["one person more", "ann ship anything"]);
  assert.deepEqual(addition({ owners: people(4) }), [
    "one person more, with a build system of their own",
    "dia put into a build what its source does not say",
  ]);
  assert.deepEqual(addition({ owners: people(5), builders: 2 })?.slice(1), ["eva hold releases back"]);
  assert.equal(addition({ owners: people(6), builders: 3 }), undefined);
});

test("init says quorums, who is enough alone, what would help most, what the next profile takes, and whose keys can be copied", () => {
  const choice = chosen({ owners: people(4) });
  assert.ok(choice.ok);
  const text = planText(choice.value, ["ben"], "/srv/hello");
  assert.match(text, /sign +sign-ann \(ann\), .* 2 of 3\n/);
  assert.match(text, /Enough alone[\s\S]*this machine can ship anything[\s\S]*dia can put into a build/);
  assert.match(text, /What would help most.*build system of their own: dia can no longer put/);
  assert.match(text, /For agent.*1 person .* and 1 build system/);
  assert.match(text, /In hardware that is there belong root-ben, targets-ben, sign-ben\. .* keys of ann, cem\./);
});
