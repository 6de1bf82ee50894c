// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "@countersign/trust/digest";
import type { Statement } from "@countersign/trust/release/statement";
import type { Announced, IssuedGrant, ReleaseWindow } from "./announced.ts";
import { actorChanged } from "./detectors/actor-changed.ts";
import { credentialElsewhere } from "./detectors/credential-elsewhere.ts";
import { glassBroken } from "./detectors/glass-broken.ts";
import { lateIntent } from "./detectors/late-intent.ts";
import { releaseOverCount } from "./detectors/release-over-count.ts";
import { releaseUndeclared } from "./detectors/release-undeclared.ts";
import { releaseUnshown } from "./detectors/release-unshown.ts";
import { releaseWithoutIntent } from "./detectors/release-without-intent.ts";
import { signedWithoutGrant } from "./detectors/signed-without-grant.ts";
import { windowUnvouched } from "./detectors/window-unvouched.ts";
import type { EnteredRelease, Intent } from "./intent.ts";
import { readIntents } from "./intents-file.ts";
import type { Observation } from "./observation.ts";

const window: ReleaseWindow = {
  id: "w-1",
  channel: "stable",
  releases: 1,
  opened: { index: 10, seen: 1000 },
  ends: 5000,
  closed: undefined,
};

function release(index: number, change: Partial<EnteredRelease> = {}, version = `1.0.${index}`): EnteredRelease {
  const body = { product: "hello", channel: "stable", version, sequence: index } as Statement;
  const digest = sha256(Buffer.from(version));
  return {
    index,
    seen: index * 100,
    since: undefined,
    digest,
    shown: { body, approvals: [], attestations: [] },
    isOffered: false,
    ...change,
  };
}

function said(change: Partial<Announced>, releases: readonly EnteredRelease[], rest: Partial<Intent> = {}): Observation {
  const announced = { windows: new Map<string, ReleaseWindow>(), grants: [], acts: [], ...change };
  return {
    repository: { state: "unpublished" },
    intent: { graceSeconds: 60, announced, declared: undefined, releases, ...rest },
  } as unknown as Observation;
}

const grantTo = (digest: string, place: IssuedGrant["place"], window = "w-1"): IssuedGrant => ({
  place,
  window,
  digest,
  duty: "propose",
  channel: "stable",
  identity: "ci",
  actor: { sub: "job", recorded: {} },
});
const windows = (...list: readonly ReleaseWindow[]): Pick<Announced, "windows"> => ({
  windows: new Map(list.map((each) => [each.id, each])),
});
const about = (list: readonly { readonly about: readonly string[] }[]): readonly string[] => list.map(({ about: [first = ""] }) => first);

test("a release in an open window is intended; before it, after its closing, after its end, and of another channel it is not", () => {
  const seen = (of: ReleaseWindow, one: EnteredRelease): number => releaseWithoutIntent.detect(said(windows(of), [one])).length;
  assert.equal(seen(window, release(12)), 0);
  assert.equal(seen({ ...window, opened: { index: 13, seen: 1300 } }, release(12)), 1, "opened a hundred seconds later");
  assert.equal(seen({ ...window, opened: { index: 13, seen: 1210 } }, release(12)), 0, "logged in the same moment");
  assert.equal(seen({ ...window, closed: { index: 11, seen: 1100 } }, release(12)), 1);
  assert.equal(seen({ ...window, closed: { index: 13, seen: 1100 } }, release(12)), 0);
  assert.equal(seen(window, release(12, { since: 5001 })), 1);
  assert.equal(seen({ ...window, channel: "beta" }, release(12)), 1);
});

test("a release that was granted in one window is none of another", () => {
  const one = release(12);
  const grant = grantTo(one.digest, { index: 11, seen: 1100 }, "w-0");
  assert.equal(releaseWithoutIntent.detect(said({ ...windows(window), grants: [grant] }, [one])).length, 1);
});

test("attack: a quorum signs outside of any window: what a channel offers was granted to a signer while a window was open", () => {
  const one = release(12, { isOffered: true });
  const grant = { ...grantTo(one.digest, { index: 14, seen: 1400 }), duty: "sign" };
  const seen = (change: Partial<Announced>, of = one): number =>
    signedWithoutGrant.detect(said({ ...windows(window), ...change }, [of])).length;
  assert.equal(seen({ grants: [grant] }), 0);
  assert.equal(seen({}), 1);
  assert.equal(seen({}, release(12)), 0, "it may not be signed yet, or its grant not be heard");
  assert.equal(seen({ grants: [{ ...grant, duty: "propose" }] }), 1);
  assert.equal(seen({ grants: [{ ...grant, window: "w-0" }] }), 1, "a window that nobody opened");
  assert.equal(seen({ ...windows({ ...window, closed: { index: 13, seen: 1300 } }), grants: [grant] }), 1, "granted when it was closed");
  assert.equal(seen({ ...windows({ ...window, closed: { index: 13, seen: 1390 } }), grants: [grant] }), 0, "logged in the same moment");
});

test("a window is for so many releases, and the next is named", () => {
  const [first, second] = [release(12), release(13)];
  assert.deepEqual(about(releaseOverCount.detect(said(windows(window), [first, second]))), [second.digest]);
  assert.deepEqual(releaseOverCount.detect(said(windows({ ...window, releases: 2 }), [first, second])), []);
  assert.deepEqual(
    releaseOverCount.detect(said(windows(window, { ...window, id: "w-2" }), [first, second])),
    [],
    "two windows, a release each",
  );
});

test("a grant or a window that follows its release is late", () => {
  const one = release(12);
  const grant = (seen: number): IssuedGrant => grantTo(one.digest, { index: 20, seen });
  assert.deepEqual(about(lateIntent.detect(said({ ...windows(window), grants: [grant(1300)] }, [one]))), [one.digest]);
  assert.deepEqual(lateIntent.detect(said({ ...windows(window), grants: [grant(1230)] }, [one])), []);
});

test("what nobody shows is named, and without a govern to ask nothing is", () => {
  const hidden = release(12, { shown: undefined });
  assert.deepEqual(about(releaseUnshown.detect(said({}, [hidden]))), [hidden.digest]);
  assert.deepEqual(releaseUnshown.detect(said({}, [hidden], { announced: undefined })), []);
  assert.deepEqual(releaseWithoutIntent.detect(said({}, [release(12)], { announced: undefined })), []);
});

test("the security team's list names product, channel, version and time", () => {
  const intent = {
    product: "hello",
    channel: "stable",
    version: "1.0.12",
    notBefore: "1970-01-01T00:00:00Z",
    notAfter: "1970-01-01T01:00:00Z",
  };
  const seen = (declared: readonly (typeof intent)[]): number => releaseUndeclared.detect(said({}, [release(12)], { declared })).length;
  assert.equal(seen([intent]), 0);
  assert.equal(seen([]), 1);
  assert.equal(seen([{ ...intent, notAfter: "1970-01-01T00:10:00Z" }]), 1);
  assert.equal(seen([{ ...intent, version: "1.0.13" }]), 1);
});

test("a list that is not there is refused, and does not keep an observer from looking", async () => {
  const read = await readIntents("/nowhere/intents.json");
  assert.equal(read.ok ? "" : read.refusal.code, "intents-missing");
});

test("what govern itself logged of thieves, broken glass, moved jobs and windows that nobody signed is heard", () => {
  const act = (kind: string, fault = "") => ({
    index: 1,
    seen: 1,
    fault,
    act: { number: 1, previous: null, time: "", who: "ann", act: kind, subject: "ci", body: {} },
  });
  const grant = (sub: string) => ({ ...grantTo("0", { index: 1, seen: 1 }), actor: { sub, recorded: {} } });
  assert.equal(credentialElsewhere.detect(said({ acts: [act("identity.locked"), act("grant.used")] }, [])).length, 1);
  assert.equal(glassBroken.detect(said({ acts: [act("break-glass.called")] }, [])).length, 1);
  assert.equal(windowUnvouched.detect(said({ acts: [act("window.opened", "nobody signed it"), act("window.opened")] }, [])).length, 1);
  assert.equal(actorChanged.detect(said({ grants: [grant("a"), grant("a"), grant("b")] }, [])).length, 1);
});
