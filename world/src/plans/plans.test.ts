// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes, type Json } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { profileDefaults } from "@countersign/trust/policy/profile";
import fc from "fast-check";
import { type Holding, type Plan, plan } from "../plan.ts";
import { setsOfOne } from "../sets-of-one.ts";
import { withBrake } from "./brake.ts";
import { isHeld, ladder, type Means, strongest } from "./ladder.ts";

const owners = (count: number): readonly string[] => ["ann", "ben", "cem", "dia", "eva", "fay", "gil", "hal", "ida", "jon"].slice(0, count);
const planOf = (means: Means): Plan => strongest(means).plan("hello", "stable", means);
const reads = (value: unknown): boolean => decode(plan, value, "plan").ok;

/** The same fields in one order. */
const canonical = (made: Plan): Json => JSON.parse(Buffer.from(canonicalBytes(made)).toString());

const someMeans = fc.record({ owners: fc.integer({ min: 1, max: 10 }).map(owners), builders: fc.integer({ min: 1, max: 3 }) });

test("one person gets solo, two and three a pair, four app, five with two build systems agent, seven firmware", () => {
  const names = [1, 2, 3, 4, 5, 6, 7, 10].map((count) => strongest({ owners: owners(count), builders: 2 }).name);
  assert.deepEqual(names, ["solo", "pair", "pair", "app", "agent", "agent", "firmware", "firmware"]);
  assert.equal(strongest({ owners: owners(10), builders: 1 }).name, "app", "whoever builds in one place only holds no more than app");
});

test("every plan that somebody can hold reads back, and no owner in it builds and signs, or signs and publishes", () => {
  fc.assert(
    fc.property(someMeans, (means) => {
      for (const rung of ladder.filter((each) => isHeld(each, means))) {
        const made = rung.plan("hello", "stable", means);
        const read = decode(plan, JSON.parse(JSON.stringify(made)), "plan");
        assert.equal(JSON.stringify(read.ok && canonical(read.value)), JSON.stringify(canonical(made)), rung.name);
        if (made.separation === "key") continue;
        const signing = made.signers.holders.map(({ owner }) => owner);
        for (const { owner } of [...made.builders, made.publish]) assert.ok(!signing.includes(owner), `${rung.name}: ${owner}`);
      }
    }),
  );
});

test("from app on, each role but the builders' has a key more than its quorum, in firmware two; witnesses are a majority of three", () => {
  for (const rung of ladder.slice(2)) {
    const means = { owners: owners(rung.owners), builders: rung.builders };
    const { root, targets, signers, revokers, freshRevokers, monitors, readThrough, witnesses, witnessQuorum } = rung.plan(
      "p",
      "stable",
      means,
    );
    const spare = rung.name === "firmware" ? 2 : 1;
    for (const { holders, threshold } of [root, targets, signers]) assert.equal(holders.length, threshold + spare, rung.name);
    assert.equal(revokers.length, freshRevokers + spare);
    if (readThrough > 0) assert.equal(monitors.length, readThrough + spare);
    assert.deepEqual([witnessQuorum, witnesses.length], [2, 3]);
  }
});

test("each profile's plan has the numbers of its profile", () => {
  for (const profile of ["app", "agent", "firmware"] as const) {
    const asked = profileDefaults[profile];
    const rung = ladder.find(({ name }) => name === profile);
    const made = rung?.plan("hello", "stable", { owners: owners(asked.owners), builders: asked.builders });
    assert.ok(made);
    assert.deepEqual(
      [made.signers.holders.length, made.signers.threshold, made.approvals, made.builderQuorum, made.freshRevokers, made.readThrough],
      [asked.signers, asked.threshold, asked.approvals, asked.builders, asked.freshRevokers, asked.readThrough],
    );
    assert.ok(made.monitors.length >= asked.monitors);
    assert.equal(made.soakSeconds, asked.soakSeconds);
  }
});

test("attack: a plan with an owner who builds and signs, who signs and publishes, or who has two keys of one role", () => {
  const made = planOf({ owners: owners(5), builders: 2 });
  assert.equal(made.profile, "agent");
  const [signer] = made.signers.holders as readonly [Holding, ...Holding[]];
  assert.equal(reads(made), true);
  assert.equal(reads({ ...made, builders: made.builders.map((each) => ({ ...each, owner: signer.owner })).slice(0, 1) }), false);
  assert.equal(reads({ ...made, publish: { holder: "publish", owner: signer.owner } }), false);
  const twice = { holders: [...made.signers.holders, { holder: "sign-again", owner: signer.owner }], threshold: 2 };
  for (const role of ["root", "targets", "signers"]) assert.equal(reads({ ...made, [role]: twice }), false, role);
  for (const role of ["builders", "revokers", "witnesses", "monitors"] as const)
    assert.equal(reads({ ...made, [role]: [...made[role], { ...made[role][0], holder: "again" }] }), false, role);
});

test("alone somebody ships only in solo; in a pair either can stop it and none can start it; from agent on nobody's build goes unrepeated", () => {
  const alone = (count: number, builders: number): readonly string[] =>
    setsOfOne(planOf({ owners: owners(count), builders }))
      .filter(({ who }) => who !== "this machine")
      .map(({ who, kind }) => `${who} ${kind}`);
  assert.deepEqual(alone(1, 1), ["ann ship"]);
  assert.deepEqual(alone(2, 1), ["ann mislead", "ann stop", "ann stop", "ben stop", "ben stop"]);
  assert.deepEqual(alone(3, 1), ["ann mislead", "ann stop", "ben stop", "cem stop"]);
  assert.deepEqual(alone(4, 1), ["dia mislead", "dia stop"]);
  assert.deepEqual(alone(5, 2), ["dia stop", "eva stop"]);
  assert.deepEqual(alone(6, 3), ["dia stop"], "a third builder stands in for a second one");
  assert.deepEqual(alone(7, 2), ["fay stop", "gil stop"]);
});

test("who is enough alone is read off the quorums: weaken one, and somebody is named", () => {
  const made = planOf({ owners: owners(5), builders: 2 });
  const worst = (change: Partial<Plan>): string | undefined => {
    const [, first] = setsOfOne({ ...made, ...change });
    return first && `${first.who}: ${first.can}`;
  };
  assert.equal(worst({ builderQuorum: 1 }), "dia: put into a build what its source does not say");
  assert.equal(worst({ witnessQuorum: 1 }), "ann: move witnessed time");
  assert.equal(worst({ targets: { ...made.targets, threshold: 1 } }), "ann: change what is trusted");
  assert.equal(worst({ signers: { holders: made.signers.holders.slice(0, 2), threshold: 2 } }), "ann: hold releases back");
});

test("with a brake every plan reads back, and each owner who watches may ask for it with one key", () => {
  fc.assert(
    fc.property(someMeans, fc.integer({ min: 1, max: 512 }), (means, bits) => {
      const made = withBrake(planOf(means), bits);
      assert.ok(reads(JSON.parse(JSON.stringify(made))));
      const watching = made.monitors.length === 0 ? [made.publish] : made.monitors;
      assert.deepEqual(made.brake?.askers.map(({ owner }) => owner).toSorted(), watching.map(({ owner }) => owner).toSorted());
    }),
  );
});
