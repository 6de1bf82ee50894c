// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyidOfVkey } from "@countersign/trust/ledger/log-key";
import fc from "fast-check";
import { type BlastRadius, blastRadius, type Reach, setsOfOne, smallestOf } from "./blast-radius.ts";
import { holdings, type Known, nothingKnown } from "./inventory.ts";
import { type Held, held, plainSample, type Sample, sampleUnder } from "./sample-authorities.test-support.ts";
import type { View } from "./view.ts";
import type { ChannelUnder } from "./way.ts";

function of(sample: Sample, known: Known = nothingKnown): BlastRadius {
  const under = sampleUnder(sample);
  assert.ok(under !== undefined);
  const radius = blastRadius(under, known, "stable");
  assert.ok(radius.ok);
  return radius.value;
}

function reachOf({ reaches }: BlastRadius, way: string, view: View, goal = "install"): Reach {
  const found = reaches.find((reach) => reach.way === way && reach.view === view && reach.goal === goal);
  assert.ok(found !== undefined);
  return found;
}

const namesIn = ({ sets }: Reach): readonly string[] => sets.map(({ elements }) => elements.map(({ name }) => name).join(" + "));
const sizeOf = (sample: Sample, way: string, view: View, known?: Known): number =>
  reachOf(of(sample, known), way, view).smallest ?? Number.NaN;

test("a release of an attacker's own takes the builder, a proposer and another who approves; honest signers do the rest", () => {
  const radius = of(plainSample);
  assert.deepEqual(namesIn(reachOf(radius, "release", "identity")), [
    ...["ana + ben + builder", "ana + builder + ci", "ana + builder + cleo"],
    ...["ben + builder + ci", "ben + builder + cleo", "builder + ci + cleo"],
  ]);
  assert.equal(sizeOf({ ...plainSample, approvals: 2 }, "release", "person"), 4);
});

test("a lone builder whose builds nobody reproduces is a set of one, and two builders are not", () => {
  const alone = setsOfOne(of(plainSample)).filter(({ goal }) => goal === "install");
  assert.deepEqual(
    [...new Set(alone.map(({ way, element }) => `${way}: ${element.name.split(" ")[0]}`))],
    ["build: builder", "build: machine", "build: custody"],
  );
  const two = of({ ...plainSample, builders: [held("builder"), held("rebuilder")], builderQuorum: 2 });
  assert.deepEqual(
    setsOfOne(two).filter(({ goal }) => goal === "install"),
    [],
  );
});

test("two builders of different owners on one platform, or in one job, fall together: each of these is a set of one", () => {
  const under = sampleUnder({ ...plainSample, builders: [held("builder"), held("rebuilder")], builderQuorum: 2 }) as ChannelUnder;
  const token = { kind: "oidc", audience: "countersign", claims: { sub: "release" }, commitClaim: "sha", runClaim: "run" } as const;
  const on = (...issuers: readonly string[]): BlastRadius => {
    const trusted = under.rules.builders.trusted.map((rule, index) => ({
      ...rule,
      certified: { seconds: 600, token: { ...token, issuer: issuers[index % issuers.length] } },
    })) as ChannelUnder["rules"]["builders"]["trusted"];
    const policy = { ...under.policy, channels: { stable: { ...under.rules, builders: { quorum: 2, trusted } } } };
    const radius = blastRadius({ ...under, policy }, nothingKnown, "stable");
    assert.ok(radius.ok);
    return radius.value;
  };
  assert.deepEqual(namesIn(reachOf(on("https://ci.example"), "build", "identity")), [
    "https://ci.example",
    "job https://ci.example/runner",
    "builder + rebuilder",
  ]);
  const apart = reachOf(on("https://ci.example", "https://other.example"), "build", "identity");
  assert.ok(apart.sets.every(({ elements }) => elements.length === 2 || elements.every(({ name }) => name.startsWith("job "))));
});

test("halting takes one: every revoker, approver, and whoever serves, is a set of one to stop", () => {
  const alone = setsOfOne(of(plainSample)).filter(({ goal, view }) => goal === "stop" && view === "identity");
  const names = new Set(alone.map(({ element }) => element.name));
  for (const name of ["revoke-ana", "revoke-ben", "ana", "ben", "cleo", "distribute", "govern", "builder"])
    assert.ok(names.has(name), name);
  assert.ok(!names.has("sign-ana"));
});

test("a brake lets each observer that may ask for it stop, and lets none of them install", () => {
  const braked = of({ ...plainSample, askers: [held("brake-eve", "eve")] });
  const ways = setsOfOne(braked).filter(({ element }) => element.name.startsWith("brake-eve"));
  assert.ok(ways.length > 0 && ways.every(({ goal, way }) => goal === "stop" && way === "brake"));
  assert.deepEqual(namesIn(reachOf(braked, "release", "identity")), namesIn(reachOf(of(plainSample), "release", "identity")));
  assert.ok(!of(plainSample).reaches.some(({ way }) => way === "brake"));
});

test("who would see it: the ledger and the revokers for a release, approvers for a build, and nobody public for a fork", () => {
  const radius = of(plainSample);
  const [release] = reachOf(radius, "release", "identity").sets;
  const seen = (time: string) => ["the public ledger has its entry before any device takes it", `revokers have ${time} to say no`];
  assert.deepEqual(release?.seen, seen("15 minutes"), "an urgent release asks for no approval more here");
  const dearer = of({ ...plainSample, extraApprovals: 1 });
  assert.deepEqual(reachOf(dearer, "release", "identity").sets[0]?.seen, seen("1 hour"));
  assert.deepEqual(reachOf(dearer, "urgent", "identity").sets[0]?.seen, seen("15 minutes"));
  assert.equal(reachOf(dearer, "urgent", "identity").smallest, 4);
  const [build] = reachOf(radius, "build", "identity").sets;
  assert.deepEqual(build?.seen, ["approvers are shown what differs from the last release"]);
  const hidden = reachOf(radius, "install", "identity", "hide");
  assert.ok((hidden.smallest ?? 0) > (reachOf(radius, "release", "identity").smallest ?? 0));
  assert.ok(hidden.sets.every(({ seen }) => !seen.some((says) => says.includes("public"))));
});

test("a quorum of witnesses takes the time away, and not the entry", () => {
  const { root } = sampleUnder(plainSample) as ChannelUnder;
  const witnesses = root.countersign.witnesses.map((witness) => ({ keyid: keyidOfVkey(witness), custody: "pkcs11", development: false }));
  const on = (machine: string, keyids: readonly string[]) =>
    keyids.map((keyid) => ({ keyid, custody: "pkcs11", development: false, machine }));
  const builders = on(
    "one",
    [...plainSample.builders, ...plainSample.proposers].map(({ keyid }) => keyid),
  );
  const seen = (where: string): readonly string[] => {
    const keys = [
      ...builders,
      ...on(
        "two",
        plainSample.approvers.map(({ keyid }) => keyid),
      ),
      ...on(
        where,
        witnesses.map(({ keyid }) => keyid),
      ),
    ];
    return reachOf(of(plainSample, { ...nothingKnown, keys }), "release", "machine").sets[0]?.seen ?? [];
  };
  assert.equal(seen("three").length, 2);
  assert.deepEqual(seen("two"), ["the public ledger has its entry before any device takes it"]);
});

test("a denied release comes back by a proposer and the approvers of a lift, without any builder", () => {
  assert.deepEqual(sizeOf({ ...plainSample, extraApprovals: 1 }, "lift", "identity"), 3);
  assert.ok(namesIn(reachOf(of(plainSample), "lift", "identity")).includes("ana + ci"));
});

test("where sidecars are demanded, classical keys of root and targets are not enough", () => {
  const under = sampleUnder(plainSample) as ChannelUnder;
  const [first, second] = ["pq-one", "pq-two"].map((name) => held(name));
  assert.ok(first !== undefined && second !== undefined);
  const holders = Object.fromEntries([first, second].map(({ keyid, key, name }) => [keyid, { key, holder: name, owner: name }]));
  const roles = { targets: { keyids: [first.keyid, second.keyid], threshold: 2 } };
  const policy = { ...under.policy, postQuantum: { repository: "hello", holders, roles } } as ChannelUnder["policy"];
  const size = (of: ChannelUnder, way: string): number | null => {
    const radius = blastRadius(of, nothingKnown, "stable");
    assert.ok(radius.ok);
    return reachOf(radius.value, way, "key").smallest;
  };
  for (const way of ["root", "targets"]) assert.deepEqual([size(under, way), size({ ...under, policy }, way)], [2, 4], way);
  assert.equal(size(under, "release"), size({ ...under, policy }, "release"));
});

test("what an attacker also has of the log and its witnesses takes the sight away", () => {
  const { root } = sampleUnder(plainSample) as ChannelUnder;
  const everything: Known = {
    ...nothingKnown,
    keys: holdings(sampleUnder(plainSample) as ChannelUnder, nothingKnown).map(({ id }) => ({
      keyid: id,
      custody: "encrypted-file (development)",
      development: true,
      domain: "files on one-host",
      machine: "one-host",
    })),
  };
  assert.ok(everything.keys.some(({ keyid }) => keyid === keyidOfVkey(root.countersign.log.vkey)));
  for (const view of ["machine", "custody"] as const) {
    const { sets, unknown } = reachOf(of(plainSample, everything), "release", view);
    assert.deepEqual([sets.length, unknown], [1, 0]);
    assert.deepEqual(sets[0]?.seen, []);
    assert.equal(sets[0]?.elements.length, 1);
  }
});

test("custody that nobody told of counts by itself, and it is said how much of that there is", () => {
  const { sets, unknown } = reachOf(of(plainSample), "release", "custody");
  assert.equal(unknown, 5);
  assert.ok(sets.every(({ elements }) => elements.every(({ name, known }) => !known && name.startsWith("custody unknown: "))));
});

test("what is looser than the profile's defaults is named with both numbers", () => {
  const under = sampleUnder(plainSample) as ChannelUnder;
  const rules = { ...under.rules, soakSeconds: 2 };
  const radius = blastRadius({ ...under, policy: { ...under.policy, channels: { stable: rules } } }, nothingKnown, "stable");
  assert.ok(radius.ok);
  assert.deepEqual(radius.value.loosened, [
    { number: "extraApprovals", given: 0, usual: 1 },
    { number: "soakSeconds", given: 2, usual: 3600 },
  ]);
});

test("a policy without the channel is refused with the names of those it has", () => {
  const radius = blastRadius(sampleUnder(plainSample) as ChannelUnder, nothingKnown, "beta");
  assert.ok(!radius.ok);
  assert.deepEqual([radius.refusal.code, radius.refusal.expected], ["unknown-channel", "stable"]);
});

const owner = fc.constantFrom("ana", "ben", "cleo", "dan");
const named = (...names: readonly string[]): fc.Arbitrary<readonly Held[]> =>
  fc.tuple(...names.map((name) => owner.map((by) => held(name, by)))).chain((all) => fc.subarray([...all], { minLength: 1 }));

const anySample: fc.Arbitrary<Sample> = fc
  .record({
    builders: named("b1", "b2", "b3"),
    proposers: named("ci", "p2"),
    approvers: named("a1", "a2", "a3"),
    signers: named("s1", "s2", "s3"),
    approvals: fc.integer({ min: 1, max: 2 }),
    builderQuorum: fc.integer({ min: 1, max: 2 }),
  })
  .map((change): Sample => ({ ...plainSample, threshold: 1, ...change }))
  .filter((sample) => sampleUnder(sample) !== undefined);

const installing = (sample: Sample, view: View): number =>
  smallestOf(of(sample).reaches.filter((reach) => reach.goal === "install" && reach.view === view)) ?? Number.POSITIVE_INFINITY;

/** That a change of a policy never makes it easier to put code on devices. */
function neverEasier(change: (sample: Sample) => Sample, ...seen: readonly View[]): void {
  fc.assert(
    fc.property(anySample, (sample) => {
      const changed = change(sample);
      if (sampleUnder(changed) === undefined) return;
      for (const view of seen) assert.ok(installing(changed, view) >= installing(sample, view), view);
    }),
    { numRuns: 30 },
  );
}

test("another person who may approve never makes the smallest set smaller", () => {
  neverEasier((sample) => ({ ...sample, approvers: [...sample.approvers, held("eva")] }), "key", "identity", "person");
});

test("one approval more, one builder more, one signer more never make the smallest set smaller", () => {
  neverEasier((sample) => ({ ...sample, approvals: sample.approvals + 1 }), "key", "person");
  neverEasier((sample) => ({ ...sample, builderQuorum: sample.builderQuorum + 1 }), "key", "person");
  neverEasier((sample) => ({ ...sample, threshold: sample.threshold + 1 }), "key", "person");
});

test("what falls together never makes the smallest set larger: it is no larger by person or machine than by key", () => {
  fc.assert(
    fc.property(anySample, fc.array(fc.constantFrom("one", "two", "three"), { minLength: 8, maxLength: 8 }), (sample, places) => {
      const keys = holdings(sampleUnder(sample) as ChannelUnder, nothingKnown).map(({ id }, index) => {
        const machine = places[index % places.length];
        return { keyid: id, custody: "pkcs11", development: false, domain: machine, machine };
      });
      const radius = of(sample, { ...nothingKnown, keys });
      for (const way of ["release", "build", "targets", "root"]) {
        const smallest = (view: View): number => reachOf(radius, way, view).smallest ?? Number.POSITIVE_INFINITY;
        for (const view of ["identity", "person", "machine", "custody"] as const)
          assert.ok(smallest(view) <= smallest("key"), `${way} by ${view}`);
      }
    }),
    { numRuns: 30 },
  );
});
