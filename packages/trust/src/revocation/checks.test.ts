// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { attestationIn } from "../build/attestation.ts";
import { preAuthenticationEncoding } from "../build/dsse.ts";
import { inTotoPayloadType } from "../build/in-toto.ts";
import { canonicalBytes, servedBytes } from "../canonical.ts";
import { judge } from "../check.ts";
import { decode, decodeBytes } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { type Envelope, envelope } from "../envelope.ts";
import { people, policyOf } from "../founding.test-support.ts";
import { keyidOf, type PublicKey } from "../key.ts";
import { twoIntegers } from "../keys/der.ts";
import { claimedCheckpoint } from "../ledger/checkpoint.ts";
import { type ChannelRules, type Policy, policy as policyDecoder } from "../policy/policy.ts";
import { signersOf } from "../quorum.ts";
import { approval, approvalName } from "../release/approval.ts";
import { codeOf, digestOf, entryOf, ledger, must, type Person, say, signedBytes, statementOf, TestLog } from "../simulator.test-support.ts";
import { type DenialSubject, denialChecks, listChecks, listTime } from "./checks.ts";
import { builtBy, deniableNames, denialOf, unread } from "./deniable.ts";
import {
  type Denial,
  denial,
  denialDigest,
  type RevocationList,
  rememberedDenial,
  revocationList,
  revocationLists,
  servedLists,
} from "./list.ts";

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
    seen: {},
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
  const deny = (kind: Denial["kind"], name: string, until: number | null = null): Denial => ({
    kind,
    name,
    since: 1_700_000_000,
    until,
    reason: "a test",
  });
  const denied = (what: Denial, builders: readonly string[] = [builder.keyid]) =>
    denialOf(deniableNames(release, { ...unread, builders }), [what], 50) !== undefined;
  assert.ok(denied(deny("release", release.digest)));
  assert.ok(denied(deny("build", digestOf("provenance"))));
  assert.ok(denied(deny("builder", builder.keyid)));
  assert.ok(denied(deny("approval", approvalName(approval))));
  assert.ok(!denied(deny("builder", builder.keyid), []));
  assert.ok(!denied(deny("build", release.digest)));
  assert.ok(!denied(deny("release", digestOf("another"))));
  assert.ok(denied(deny("release", release.digest, 51)));
  assert.ok(!denied(deny("release", release.digest, 50)));
});

test("attack: a denied build comes back in another file: signed by one more, with another hint", async () => {
  const payload = servedBytes({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: digestOf("bytes") } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: { buildType: "x", externalParameters: {}, resolvedDependencies: [] },
      runDetails: { builder: { id: "x" } },
    },
  });
  const message = preAuthenticationEncoding(inTotoPayloadType, payload);
  const sig = Buffer.from(await builder.sign(message)).toString("base64");
  const fileOf = (...signatures: readonly object[]): Uint8Array =>
    servedBytes({ payloadType: inTotoPayloadType, payload: Buffer.from(payload).toString("base64"), signatures });
  const denied = { kind: "build", name: sha256(payload), since: 1, until: null, reason: "a wrong compiler" } as const;
  const rules = policy.channels["stable"] as ChannelRules;
  const digests = new Set<string>();
  for (const file of [fileOf({ sig }), fileOf({ keyid: "me", sig }), fileOf({ sig }, { sig: "AAAA" })]) {
    const read = must(attestationIn(file, ""));
    const { envelope } = read;
    digests.add(envelope.digest);
    const release = await entryOf(statementOf({ provenance: [envelope.digest] }), []);
    const built = builtBy([read], [{ policy, rules }]);
    assert.deepEqual(built.builders, [builder.keyid]);
    assert.equal(denialOf(deniableNames(release, built), [denied], 50), denied);
    assert.ok(
      denialOf(deniableNames(release, built), [{ ...denied, name: envelope.digest }], 50),
      "the file itself can be named as before",
    );
    assert.equal(denialOf(deniableNames(release), [denied], 50), undefined, "before it was read, the file is all that is known");
  }
  assert.equal(digests.size, 3);
});

test("attack: a denied approval comes back with another good signature, which takes no key to make", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spelled = publicKey.export({ format: "pem", type: "spki" }).toString();
  const key: PublicKey = { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: spelled } };
  const keyid = keyidOf(key);
  const signed = { _type: "approval", spec: "countersign/1", decision: "approve", subject: "release", digest: digestOf("any") };
  const voice = (sig: Uint8Array) =>
    must(decode(envelope(approval), { signatures: [{ keyid, sig: Buffer.from(sig).toString("hex") }], signed }, "approval"));
  const first = sign("sha256", canonicalBytes(signed), privateKey);
  const [r, s] = twoIntegers(first) ?? [0n, 0n];
  const integer = (value: bigint): Buffer => {
    const content = Buffer.from(
      value
        .toString(16)
        .padStart(64, "0")
        .replace(/^(?=[89a-f])/, "00"),
      "hex",
    );
    const start = content.findIndex((byte, at) => byte !== 0 || (content[at + 1] ?? 0) >= 0x80);
    return Buffer.concat([Buffer.from([2, content.length - start]), content.subarray(start)]);
  };
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const body = Buffer.concat([integer(r), integer(order - s)]);
  const [denied, flipped] = [voice(first), voice(Buffer.concat([Buffer.from([0x30, body.length]), body]))];
  for (const each of [denied, flipped])
    assert.deepEqual(signersOf(each, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }), [keyid]);
  assert.notEqual(denied.digest, flipped.digest);
  const no = { kind: "approval", name: approvalName(denied), since: 1, until: null, reason: "a stolen laptop" } as const;
  assert.equal(denialOf(deniableNames(await entryOf(statementOf(), [flipped])), [no], 50), no);
  const another = await say(alice, "approve", "release", digestOf("any"));
  assert.equal(denialOf(deniableNames(await entryOf(statementOf(), [another])), [no], 50), undefined, "somebody else's, of the same");
});

test("attack: a denial of what may say no", () => {
  for (const kind of ["root", "revoker", "witness", "constructor"])
    assert.equal(decode(denial, { kind, name: "x", until: null, reason: "" }, "denial").ok, false);
});

const candidate = await entryOf(statementOf(), [await say(carol, "propose", "release", digestOf("any"))]);
const no: Denial = { kind: "release", name: candidate.digest, since: 1_700_000_000, until: null, reason: "malware" };
const two: Policy = { ...policy, revokers: { security: revoker.keyid, people: alice.keyid } };
const [own, other] = [revoker.keyid, alice.keyid];

function codeFor(change: Partial<DenialSubject>): string {
  const subject: DenialSubject = {
    candidate,
    policy: two,
    denials: [],
    lifted: new Set(),
    time: 100,
    now: 100,
    revocationSeconds: 10,
    ...unread,
    known: { [own]: { version: 5, time: 100 }, [other]: { version: 7, time: 99 } },
    served: { [own]: { version: 5, seen: {} }, [other]: { version: 7, seen: {} } },
    soakEnd: 100,
    freshRevokers: 1,
    ...change,
  };
  return codeOf(judge(subject, denialChecks).outcome);
}

test("enough revokers of different owners must have been heard after the soak ended, and recently", () => {
  assert.equal(codeFor({}), "accepted");
  assert.equal(codeFor({ freshRevokers: 2 }), "revocations-stale");
  assert.equal(codeFor({ freshRevokers: 2, soakEnd: 99 }), "accepted");
  const holders = { ...policy.holders, [own]: { key: revoker.key, holder: "security", owner: "alice" } };
  assert.equal(codeFor({ freshRevokers: 2, soakEnd: 99, policy: { ...two, holders } }), "revocations-stale", "one owner is one voice");
  assert.equal(codeFor({ soakEnd: 101 }), "revocations-stale");
  assert.equal(codeFor({ soakEnd: Number.POSITIVE_INFINITY }), "revocations-stale");
  assert.equal(codeFor({ known: {} }), "revocations-stale");
  assert.equal(
    codeFor({ policy: { ...two, revokers: { people: other } } }),
    "revocations-stale",
    "who is no revoker any more is not heard",
  );
  assert.equal(codeFor({ now: 110 }), "accepted", "a list is as good as its age allows");
  assert.equal(codeFor({ now: 111 }), "revocations-stale", "a mirror hides a later revocation behind an old list");
});

test("attack: a mirror leaves out the list of the one who said no, or serves an older one, where one revoker is enough", () => {
  const fresh = { [own]: { version: 5, seen: {} } };
  assert.equal(codeFor({ served: fresh }), "revocations-withheld", "heard before");
  assert.equal(codeFor({ served: { ...fresh, [other]: { version: 6, seen: {} } } }), "revocations-withheld", "older than heard before");
  const known = { [own]: { version: 5, time: 100 } };
  assert.equal(codeFor({ served: fresh, known }), "accepted", "nobody has ever heard of the other");
  const saw = { [own]: { version: 5, seen: { [other]: 8 } } };
  assert.equal(codeFor({ served: saw, known }), "revocations-withheld", "the one who is heard has seen it");
  assert.equal(codeFor({ served: { ...saw, [other]: { version: 7, seen: {} } }, known }), "revocations-withheld", "and newer than this");
  assert.equal(codeFor({ served: { ...saw, [other]: { version: 8, seen: {} } }, known }), "accepted");
});

test("a revoker that fell silent stops nothing, as long as its last list is served; nor does one that the policy does not name", () => {
  assert.equal(codeFor({ known: { [own]: { version: 5, time: 100 }, [other]: { version: 7, time: 3 } } }), "accepted");
  assert.equal(codeFor({ served: { [own]: { version: 5, seen: {} } }, policy: { ...two, revokers: { security: own } } }), "accepted");
  assert.equal(codeFor({ served: {}, freshRevokers: 0 }), "accepted", "what halts waits for nobody");
});

test("a denial stands until a lift answers it by its digest; the same words said again are another denial", () => {
  assert.equal(codeFor({ denials: [no] }), "revoked");
  const lifted = new Set([denialDigest(no)]);
  assert.equal(codeFor({ denials: [no], lifted }), "accepted");
  assert.equal(codeFor({ denials: [no, { ...no, since: no.since + 1 }], lifted }), "revoked");
  const [name = ""] = candidate.approvals.map(approvalName);
  assert.equal(codeFor({ denials: [no, { ...no, kind: "approval", name }], lifted }), "revoked", "by another name of it");
});

test("a denial that was kept before denials said when they were made is kept on, and stops what it stopped", () => {
  const { since: _, ...older } = no;
  assert.equal(decode(denial, older, "denial").ok, false);
  const kept = must(decode(rememberedDenial, older, "denial"));
  assert.deepEqual(kept, { ...no, since: 0 });
  assert.equal(codeFor({ denials: [kept] }), "revoked");
  assert.deepEqual(must(decode(rememberedDenial, no, "denial")), no);
});

test("a file of lists is one, and nothing stands beside a list", async () => {
  const { signatures, signed } = await listOf({});
  const accepts = (...lists: readonly object[]) => decode(revocationLists, { _type: "revocation-lists", lists }, "lists").ok;
  assert.equal(accepts(), true);
  assert.equal(accepts({ signatures, signed }), true);
  assert.equal(accepts({ signatures, signed, more: 1 }), false);
});

test("attack: one malformed list is put beside the others, so that all of them count as nothing", async () => {
  const { signatures, signed } = await listOf({});
  const broken = { signatures, signed: { ...signed, version: 0 } };
  const { lists } = must(decode(servedLists, { _type: "revocation-lists", lists: [broken, { signatures, signed }, 7] }, "lists"));
  assert.deepEqual(lists.map(codeOf), ["malformed-document", "accepted", "malformed-document"]);
});
