// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { custodyWeakened } from "./detectors/custody-weakened.ts";
import { mirrorStale } from "./detectors/mirror-stale.ts";
import { rebuildDiffers } from "./detectors/rebuild-differs.ts";
import { splitView } from "./detectors/split-view.ts";
import { timestampStale } from "./detectors/timestamp-stale.ts";
import { trustExpiring } from "./detectors/trust-expiring.ts";
import type { Observation } from "./observation.ts";
import { growthBetween } from "./path-documents.ts";

const now = Date.parse("2026-11-23T00:00:00Z");
const day = 86_400_000;
const expires = (days: number) => ({ signed: { version: 1, expires: new Date(now + days * day).toISOString() } });

/** What these detectors look at, and nothing else. */
function seen(view: object, rest: object = {}): Observation {
  const policy = { channels: { stable: { revocationSeconds: 3600 }, beta: { revocationSeconds: 600 } } };
  const whole = { policy, time: 10_000, root: expires(365), targets: expires(365), channels: new Map(), timestamp: expires(1), ...view };
  return {
    repository: { state: "verified", view: whole },
    now,
    time: 10_000,
    silenceSeconds: 300,
    mirrors: [],
    rebuilds: [],
    ...rest,
  } as unknown as Observation;
}

test("root and targets are named a month before they expire, a channel file that nobody renewed a week before", () => {
  const found = (view: object) => trustExpiring.detect(seen(view)).map(({ evidence }) => evidence["file"]);
  assert.deepEqual(found({ root: expires(31), targets: expires(31), channels: new Map([["stable", expires(8)]]) }), []);
  assert.deepEqual(found({ root: expires(29), targets: expires(-1), channels: new Map([["stable", expires(6)]]) }), [
    "root.json",
    "targets.json",
    "stable.json",
  ]);
});

test("a timestamp that lags behind the ledger for longer than any channel lets a denial be hidden is named", () => {
  assert.equal(timestampStale.detect(seen({}, { time: 10_600 })).length, 0);
  assert.equal(timestampStale.detect(seen({}, { time: 10_601 })).length, 1);
});

test("a mirror that is behind, one that does not verify, and a store that is behind its mirror are named; a breath behind is none", () => {
  const refusal = { code: "expired", expected: "", found: "", remedy: "" };
  const mirror = (mirror: string, reading: object) => ({
    mirror,
    time: undefined,
    refusal: undefined,
    contradiction: undefined,
    differences: [],
    ...reading,
  });
  const mirrors = [mirror("a", { time: 9_700 }), mirror("b", { time: 9_699 }), mirror("c", { time: 10_301 }), mirror("d", { refusal })];
  const found = mirrorStale.detect(seen({}, { mirrors })).map(({ evidence }) => [evidence["mirror"], evidence["behind"] ?? null]);
  assert.deepEqual(found, [
    ["b", "b"],
    ["c", "the store of this observer"],
    ["d", null],
  ]);
});

test("a contradiction that a mirror shows is one finding, with the proof in it, however many mirrors show it", () => {
  const contradiction = { _type: "ledger-contradiction", spec: "countersign/1", smaller: "one", larger: "two", prefix: [] };
  const mirrors = ["a", "b"].map((mirror) => ({ mirror, time: 1, refusal: undefined, contradiction, differences: [] }));
  const found = splitView.detect(seen({}, { mirrors }));
  assert.deepEqual(found[0]?.about, found[1]?.about);
  assert.deepEqual(found[0]?.evidence["contradiction"], contradiction);
});

test("one commit and two contents are named where two builders made them; one builder that builds twice is no witness", () => {
  const build = (builder: string, sha256: string, of = "repository@commit file") => ({
    of,
    builder,
    sha256,
    provenance: `${builder} ${sha256}`,
  });
  const found = (...rebuilds: readonly ReturnType<typeof build>[]) => rebuildDiffers.detect(seen({}, { rebuilds })).length;
  assert.equal(found(build("one", "a"), build("two", "a")), 0);
  assert.equal(found(build("one", "a"), build("one", "b")), 0);
  assert.equal(found(build("one", "a"), build("two", "b", "repository@other file")), 0);
  assert.equal(found(build("one", "a"), build("two", "a"), build("two", "b")), 1);
});

test("attack: a policy that moves a signer's key out of its token is named, whether it says so or says nothing any more", () => {
  const [old, next] = ["a".repeat(64), "b".repeat(64)];
  const path = (version: number, custody: object, keyid = old) => ({
    root: "{}",
    targets: `{"version":${version}}`,
    policy: { holders: { [keyid]: { holder: `sign-${version}`, owner: "ann", key: { keytype: "ecdsa" } } }, custody: { ...custody } },
  });
  const found = (custody: object, keyid = old) => {
    const growths = growthBetween(path(1, { [old]: "pkcs11" }), path(2, custody, keyid));
    return custodyWeakened.detect(seen({}, { growths })).map(({ evidence }) => evidence["gain"]);
  };
  assert.deepEqual(found({ [old]: "pkcs11" }), []);
  assert.deepEqual(found({ [old]: "encrypted-file" }), ["a key lives where it is misused more easily"]);
  assert.deepEqual(found({}), ["nobody says any more where a key lives"]);
  assert.deepEqual(found({ [next]: "pkcs11" }, next), []);
  assert.deepEqual(found({ [next]: "encrypted-file" }, next), ["a key gives way to one of the same owner that is misused more easily"]);
});
