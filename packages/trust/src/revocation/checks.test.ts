// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../check.ts";
import { decode, decodeBytes } from "../decode.ts";
import { type Envelope, envelope } from "../envelope.ts";
import { people, policyOf } from "../founding.test-support.ts";
import { claimedCheckpoint } from "../ledger/checkpoint.ts";
import { policy as policyDecoder } from "../policy/policy.ts";
import { codeOf, digestOf, entryOf, ledger, must, type Person, say, signedBytes, statementOf, TestLog } from "../simulator.test-support.ts";
import { type DenialSubject, denialChecks, listChecks, listTime } from "./checks.ts";
import { type Denial, denial, denialOf, type RevocationList, revocationList, revocationLists } from "./list.ts";

const { alice, carol, builder, revoker } = people;
const policy = must(decode(policyDecoder, policyOf(), "policy"));
const log = new TestLog();
await log.append({ type: "root", digest: digestOf("root") });
const checkpoint = await log.note([100, 100, 100]);

async function listOf(change: Partial<RevocationList>, by: Person = revoker): Promise<Envelope<RevocationList>> {
  const list: RevocationList = {
    _type: "revocations",
    spec: "countersign/1",
    revoker: "security",
    version: 1,
    checkpoint,
    denials: [],
    ...change,
  };
  return must(decodeBytes(envelope(revocationList), await signedBytes(list, by), "list"));
}
const judgeList = (candidate: Envelope<RevocationList>, note: string = candidate.signed.checkpoint): string =>
  codeOf(judge({ candidate, policy, ledger, checkpoint: must(claimedCheckpoint(note, ledger)) }, listChecks).outcome);

test("a list counts when its own revoker signed it, under a cosigned checkpoint", async () => {
  assert.equal(judgeList(await listOf({})), "accepted");
  assert.equal(judgeList(await listOf({}, alice)), "revoker-not-trusted");
  assert.equal(judgeList(await listOf({ checkpoint: await log.note([100]) })), "witness-quorum-missing");
});

test("attack: a revoker that the policy does not have, though every object has its name", async () => {
  for (const name of ["nobody", "constructor", "toString"]) assert.equal(judgeList(await listOf({ revoker: name })), "revoker-not-trusted");
});

test("attack: an old list under a newer checkpoint than the one that its revoker signed", async () => {
  const newer = await log.note([900, 900, 900]);
  const old = await listOf({});
  assert.equal(judgeList(old, newer), "list-dated-by-another");
  assert.equal(listTime(must(claimedCheckpoint(old.signed.checkpoint, ledger)), ledger), 100);
});

test("a denial names a release, a build, a builder or an approval, and ends with its hold", async () => {
  const approval = await say(carol, "propose", "release", digestOf("any"));
  const release = await entryOf(statementOf(), [approval]);
  const deny = (kind: Denial["kind"], name: string, until: number | null = null): Denial => ({ kind, name, until, reason: "a test" });
  const denied = (what: Denial, builders: readonly string[] = [builder.keyid]) => denialOf(release, [what], 50, builders) !== undefined;
  assert.ok(denied(deny("release", release.digest)));
  assert.ok(denied(deny("build", digestOf("provenance"))));
  assert.ok(denied(deny("builder", builder.keyid)));
  assert.ok(denied(deny("approval", approval.digest)));
  assert.ok(!denied(deny("builder", builder.keyid), []));
  assert.ok(!denied(deny("build", release.digest)));
  assert.ok(!denied(deny("release", digestOf("another"))));
  assert.ok(denied(deny("release", release.digest, 51)));
  assert.ok(!denied(deny("release", release.digest, 50)));
});

test("attack: a denial of what may say no", () => {
  for (const kind of ["root", "revoker", "witness", "constructor"])
    assert.equal(decode(denial, { kind, name: "x", until: null, reason: "" }, "denial").ok, false);
});

test("enough revokers must have been heard after the soak ended, and none of them may have said no", async () => {
  const candidate = await entryOf(statementOf(), [await say(carol, "propose", "release", digestOf("any"))]);
  const no: Denial = { kind: "release", name: candidate.digest, until: null, reason: "malware" };
  const code = (change: Partial<DenialSubject>) =>
    codeOf(
      judge(
        {
          candidate,
          denials: [],
          lifted: false,
          time: 100,
          revocationSeconds: 10,
          builders: [],
          listTimes: { a: 100, b: 99 },
          soakEnd: 100,
          freshRevokers: 1,
          ...change,
        },
        denialChecks,
      ).outcome,
    );
  assert.equal(code({}), "accepted");
  assert.equal(code({ freshRevokers: 2 }), "revocations-stale");
  assert.equal(code({ soakEnd: 101 }), "revocations-stale");
  assert.equal(code({ soakEnd: Number.POSITIVE_INFINITY }), "revocations-stale");
  assert.equal(code({ listTimes: {} }), "revocations-stale");
  assert.equal(code({ time: 110 }), "accepted", "a list is as good as its age allows");
  assert.equal(code({ time: 111 }), "revocations-stale", "a mirror hides a later revocation behind an old list");
  assert.equal(code({ denials: [no] }), "revoked");
  assert.equal(code({ denials: [no], lifted: true }), "accepted");
});

test("a file of lists is one, and nothing stands beside a list", async () => {
  const { signatures, signed } = await listOf({});
  const accepts = (...lists: readonly object[]) => decode(revocationLists, { _type: "revocation-lists", lists }, "lists").ok;
  assert.equal(accepts(), true);
  assert.equal(accepts({ signatures, signed }), true);
  assert.equal(accepts({ signatures, signed, more: 1 }), false);
});
