// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Step } from "../check.ts";
import { decode } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { codeOf, must } from "../simulator.test-support.ts";
import { inTime, now, past, signedFile, TestRepository, targetOf, testKey } from "./repository.test-support.ts";
import { root } from "./root.ts";
import { acceptRoot, acceptSnapshot, acceptTargets, acceptTimestamp, recall, settleRoot, type Trusted, trustRoot } from "./trusted.ts";

const code = ({ outcome }: Step<Trusted>): string => codeOf(outcome);
const bodyOf = (bytes: Uint8Array): Record<string, unknown> => JSON.parse(Buffer.from(bytes).toString()).signed;

/** The state after root, timestamp, snapshot and targets of a repository, as far as asked. */
function trustedOf(repository: TestRepository, upTo: "root" | "timestamp" | "snapshot" | "targets" = "targets"): Trusted {
  let trusted = must(trustRoot(repository.anchor).outcome);
  if (upTo === "root") return trusted;
  trusted = must(acceptTimestamp(trusted, repository.file("timestamp.json"), now).outcome);
  if (upTo === "timestamp") return trusted;
  const version = trusted.timestamp?.signed.meta["snapshot.json"].version;
  trusted = must(acceptSnapshot(trusted, repository.file(`${version}.snapshot.json`), now).outcome);
  if (upTo === "snapshot") return trusted;
  const listed = must(trusted.snapshot?.signed.meta.get("targets.json") ?? { ok: true, value: undefined });
  return must(acceptTargets(trusted, "targets", "root", repository.file(`${listed?.version}.targets.json`), now).outcome);
}

test("a root to begin with is signed as it says itself, and may have expired (5.2)", () => {
  const repository = new TestRepository();
  const body = { ...bodyOf(repository.anchor), expires: past };
  assert.equal(code(trustRoot(signedFile(body, testKey("root")))), "accepted");
  assert.equal(code(trustRoot(signedFile(body, testKey("mallory")))), "threshold-not-met");
  assert.equal(code(trustRoot(signedFile({ ...body, version: undefined }, testKey("root")))), "malformed-document");
  assert.equal(code(trustRoot(Buffer.from("{}"))), "malformed-document");
});

test("attack: a root that the old keys, or its own, did not sign (5.3.4)", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map(testKey) as [never, never, never, never];
  const repository = new TestRepository();
  const next = (keys: readonly never[], threshold: number, ...signers: readonly never[]) => {
    const keyTable = Object.fromEntries(keys.map(({ keyid, key }: ReturnType<typeof testKey>) => [keyid, key]));
    const body = bodyOf(repository.anchor) as { version: number; keys: object; roles: object };
    const role = { keyids: Object.keys(keyTable), threshold };
    return { ...body, keys: { ...body.keys, ...keyTable }, roles: { ...body.roles, root: role }, signers };
  };
  const file = (version: number, { signers, ...body }: ReturnType<typeof next>) => signedFile({ ...body, version }, ...signers);
  const begin = must(trustRoot(file(1, next([a, b], 2, a, b))).outcome);
  const says = (...root: Parameters<typeof next>) => code(acceptRoot(begin, file(2, next(...root))));
  assert.equal(says([c, d], 2, a, b, c, d), "accepted");
  assert.equal(says([a, b], 2, a, b), "accepted");
  assert.equal(says([a, c], 1, a, b), "accepted");
  assert.equal(says([c, d], 2, a, c, d), "threshold-not-met");
  assert.equal(says([c, d], 2, c, d), "threshold-not-met");
  assert.equal(says([c, d], 2, a, b, c), "threshold-not-met");
  assert.equal(says([a, b, c], 3, a, b), "threshold-not-met");
  assert.equal(says([c], 2, a, b, c), "threshold-not-met");
});

test("attack: a root version that is skipped, repeated or taken back (5.3.5)", () => {
  const trusted = trustedOf(new TestRepository(), "root");
  const at = (version: number) => code(acceptRoot(trusted, signedFile({ ...bodyOf(trusted.root.bytes), version }, testKey("root"))));
  assert.equal(at(2), "accepted");
  for (const version of [1, 3, 2 ** 40]) assert.equal(at(version), "root-version-skipped");
});

test("a root on the way may have expired, the newest may not (5.3.6, 5.3.10)", () => {
  const trusted = trustedOf(new TestRepository(), "root");
  const expired = signedFile({ ...bodyOf(trusted.root.bytes), version: 2, expires: past }, testKey("root"));
  const step = acceptRoot(trusted, expired);
  assert.equal(code(step), "accepted");
  assert.equal(code(settleRoot(must(step.outcome), now)), "expired");
  assert.equal(code(settleRoot(trusted, Date.parse(inTime) - 1)), "accepted");
  assert.equal(code(settleRoot(trusted, Date.parse(inTime))), "expired");
});

test("a new root makes everything below it be judged again", () => {
  const repository = new TestRepository();
  const trusted = trustedOf(repository);
  repository.publishRoot();
  const next = must(acceptRoot(trusted, repository.file("2.root.json")).outcome);
  assert.deepEqual([next.timestamp, next.snapshot, next.targets.size], [undefined, undefined, 0]);
});

test("attack: one key under several names, or listed several times, fills no threshold (4.2.1)", () => {
  const repository = new TestRepository();
  const { keyid, key, privateKey } = testKey("snapshot");
  const body = bodyOf(repository.anchor) as { keys: object; roles: Record<string, object> };
  const twice = { keys: { ...body.keys, alias: key }, roles: { ...body.roles, snapshot: { keyids: [keyid, "alias"], threshold: 2 } } };
  const trusted = must(trustRoot(signedFile({ ...body, ...twice }, testKey("root"))).outcome);
  const meta = { "snapshot.json": { version: 1 } };
  const timestamp = signedFile({ ...bodyOf(repository.file("timestamp.json")), meta }, testKey("timestamp"));
  const dated = must(acceptTimestamp(trusted, timestamp, now).outcome);
  const snapshot = bodyOf(repository.file("1.snapshot.json"));
  const twiceSigned = signedFile(snapshot, { keyid, key, privateKey }, { keyid: "alias", key, privateKey });
  assert.equal(code(acceptSnapshot(dated, twiceSigned, now)), "threshold-not-met");
  assert.equal(decode(root, { ...body, roles: { ...body.roles, snapshot: { keyids: [keyid, keyid], threshold: 2 } } }, "root").ok, false);
});

test("what stands beside what is signed is let be, and what is unknown in it is signed like the rest (4, preamble)", () => {
  const repository = new TestRepository();
  const trusted = trustedOf(repository, "root");
  const file = JSON.parse(Buffer.from(repository.file("timestamp.json")).toString());
  const says = (change: object) => code(acceptTimestamp(trusted, Buffer.from(JSON.stringify({ ...file, ...change })), now));
  assert.equal(says({ x_more: 1 }), "accepted");
  assert.equal(says({ signatures: file.signatures.map((signature: object) => ({ ...signature, x_more: 1 })) }), "accepted");
  assert.equal(says({ signed: { ...file.signed, x_more: 1 } }), "threshold-not-met");
  assert.equal(code(acceptTimestamp(trusted, signedFile({ ...file.signed, x_more: 1 }, testKey("timestamp")), now)), "accepted");
});

test("a signature that is wrong or empty beside enough right ones takes nothing away, and two under one name are no document", () => {
  const repository = new TestRepository();
  const trusted = trustedOf(repository, "root");
  const file = JSON.parse(Buffer.from(repository.file("timestamp.json")).toString());
  const withMore = (...more: readonly object[]) => Buffer.from(JSON.stringify({ ...file, signatures: [...file.signatures, ...more] }));
  assert.equal(code(acceptTimestamp(trusted, withMore({ keyid: "other", sig: "" }), now)), "accepted");
  assert.equal(code(acceptTimestamp(trusted, withMore({ keyid: "other", sig: file.signatures[0].sig }), now)), "accepted");
  assert.equal(code(acceptTimestamp(trusted, withMore(file.signatures[0]), now)), "malformed-document");
});

test("attack: a timestamp by other keys, an older one, one that takes snapshot back, and an expired one (5.4)", () => {
  const repository = new TestRepository();
  repository.publish();
  repository.publish();
  const trusted = trustedOf(repository, "timestamp");
  const body = bodyOf(repository.file("timestamp.json"));
  const says = (change: object, signer = "timestamp") =>
    code(acceptTimestamp(trusted, signedFile({ ...body, version: 4, ...change }, testKey(signer)), now));
  assert.equal(says({}), "accepted");
  assert.equal(says({}, "mallory"), "threshold-not-met");
  assert.equal(says({}, "snapshot"), "threshold-not-met");
  assert.equal(says({ version: 2 }), "version-rolled-back");
  assert.equal(says({ meta: { "snapshot.json": { version: 2 } } }), "version-rolled-back");
  assert.equal(says({ expires: past }), "expired");
  assert.equal(says({ _type: "snapshot" }), "malformed-document");
});

test("a timestamp of the trusted version leaves the trusted one in place, and forged it is still a forgery (5.4.2, 5.4.3.1)", () => {
  const repository = new TestRepository();
  const trusted = trustedOf(repository, "timestamp");
  const body = { ...bodyOf(repository.file("timestamp.json")), meta: { "snapshot.json": { version: 100 } } };
  const same = acceptTimestamp(trusted, signedFile(body, testKey("timestamp")), now);
  assert.equal(must(same.outcome).timestamp, trusted.timestamp);
  assert.equal(code(acceptTimestamp(trusted, signedFile(body, testKey("mallory")), now)), "threshold-not-met");
  assert.equal(code(acceptTimestamp(trusted, signedFile(body, testKey("timestamp")), Date.parse(inTime))), "expired");
});

test("attack: a snapshot that timestamp does not list, by version, hash or length (5.5.2, 5.5.4)", () => {
  const repository = new TestRepository();
  const bytes = repository.file("1.snapshot.json");
  const { length } = bytes;
  const sha512 = "0".repeat(128);
  const dated = (meta: object) =>
    must(
      acceptTimestamp(
        trustedOf(repository, "root"),
        signedFile({ ...bodyOf(repository.file("timestamp.json")), meta: { "snapshot.json": meta } }, testKey("timestamp")),
        now,
      ).outcome,
    );
  const says = (meta: object) => code(acceptSnapshot(dated(meta), bytes, now));
  const hashes = { sha256: sha256(bytes) };
  assert.equal(says({ version: 1 }), "accepted");
  assert.equal(says({ version: 1, length, hashes }), "accepted");
  for (const meta of [
    { version: 2 },
    { version: 1, length: length - 1 },
    { version: 1, length: length + 1 },
    { version: 1, hashes: { sha256: "0".repeat(64) } },
    { version: 1, hashes: { ...hashes, sha512 } },
  ])
    assert.equal(says(meta), "not-the-listed-file", JSON.stringify(meta));
});

test("attack: bytes that are not listed are refused before they are parsed", () => {
  const trusted = trustedOf(new TestRepository(), "snapshot");
  for (const served of ["{", "[".repeat(1000), '{"signatures":[],"signed":{},"signed":{}}'])
    assert.equal(code(acceptTargets(trusted, "targets", "root", Buffer.from(served), now)), "not-the-listed-file");
});

test("a hash may be a SHA-512", async () => {
  const repository = new TestRepository();
  const bytes = repository.file("1.snapshot.json");
  const sha512 = Buffer.from(await crypto.subtle.digest("SHA-512", Buffer.from(bytes))).toString("hex");
  const meta = { "snapshot.json": { version: 1, hashes: { sha512 } } };
  const timestamp = signedFile({ ...bodyOf(repository.file("timestamp.json")), meta }, testKey("timestamp"));
  const dated = must(acceptTimestamp(trustedOf(repository, "root"), timestamp, now).outcome);
  assert.equal(code(acceptSnapshot(dated, bytes, now)), "accepted");
  assert.equal(code(acceptSnapshot(dated, Buffer.concat([bytes, Buffer.from(" ")]), now)), "not-the-listed-file");
});

test("attack: a snapshot by other keys, one that takes a role back or leaves it out, and an expired one (5.5.3, 5.5.5, 5.5.6)", () => {
  const repository = new TestRepository();
  repository.hashes = false;
  repository.delegate("targets", "A");
  repository.publish();
  repository.publishTargets("A");
  repository.publishSnapshot();
  repository.publishTimestamp();
  const before = trustedOf(repository, "snapshot");
  const says = (change: object, signer = "snapshot"): string => {
    repository.publishSnapshot();
    repository.publishTimestamp();
    const { version } = repository.top.snapshot;
    const dated = must(acceptTimestamp(before, repository.file("timestamp.json"), now).outcome);
    const body = { ...bodyOf(repository.file(`${version}.snapshot.json`)), ...change };
    return code(acceptSnapshot(dated, signedFile(body, testKey(signer)), now));
  };
  const { meta } = repository;
  assert.equal(says({}), "accepted");
  assert.equal(says({ meta: { ...meta, "new.json": { version: 1 } } }), "accepted");
  assert.equal(says({}, "timestamp"), "threshold-not-met");
  assert.equal(says({ meta: { ...meta, "A.json": { version: 1 } } }), "version-rolled-back");
  assert.equal(says({ meta: { ...meta, "targets.json": { version: 1 } } }), "version-rolled-back");
  assert.equal(says({ meta: { "targets.json": { version: 9 } } }), "version-rolled-back");
  assert.equal(says({ meta: { ...meta, "A.json": { version: "9" } } }), "malformed-document");
  assert.equal(says({ expires: past }), "expired");
});

test("attack: targets by other keys, of another version than the snapshot lists, and expired ones (5.6)", () => {
  const repository = new TestRepository();
  repository.hashes = false;
  repository.publish();
  const trusted = trustedOf(repository, "snapshot");
  const body = bodyOf(repository.file("2.targets.json"));
  const says = (change: object, signer = "targets") =>
    code(acceptTargets(trusted, "targets", "root", signedFile({ ...body, ...change }, testKey(signer)), now));
  assert.equal(says({}), "accepted");
  assert.equal(says({}, "snapshot"), "threshold-not-met");
  assert.equal(says({ version: 1 }), "not-the-listed-file");
  assert.equal(says({ version: 3 }), "not-the-listed-file");
  assert.equal(says({ expires: past }), "expired");
  assert.equal(code(acceptTargets(trusted, "A", "targets", repository.file("2.targets.json"), now)), "role-not-listed");
});

test("attack: a delegated role's keys are its parent's to give, not root's, and not another parent's", () => {
  const repository = new TestRepository();
  repository.delegate("targets", "A");
  repository.delegate("A", "B");
  repository.publish();
  const trusted = trustedOf(repository);
  const withA = must(acceptTargets(trusted, "A", "targets", repository.file("1.A.json"), now).outcome);
  assert.equal(code(acceptTargets(withA, "B", "A", repository.file("1.B.json"), now)), "accepted");
  assert.equal(code(acceptTargets(withA, "B", "targets", repository.file("1.B.json"), now)), "role-not-delegated");
  assert.equal(code(acceptTargets(trusted, "B", "A", repository.file("1.B.json"), now)), "role-not-delegated");
  assert.equal(code(acceptTargets(trusted, "A", "root", repository.file("1.A.json"), now)), "role-not-delegated");
});

test("what the root no longer stands behind is not taken up again, and then neither file is (5.3.11)", () => {
  const repository = new TestRepository();
  const files = { timestamp: repository.file("timestamp.json"), snapshot: repository.file("1.snapshot.json") };
  const under = (change: (repository: TestRepository) => void) => {
    const other = new TestRepository();
    change(other);
    other.publishRoot();
    const root = other.file("2.root.json");
    const { timestamp, snapshot } = must(recall(must(trustRoot(root).outcome), files).outcome);
    return [timestamp !== undefined, snapshot !== undefined];
  };
  const second = [testKey("timestamp"), testKey("second")];
  assert.deepEqual(
    under(() => undefined),
    [true, true],
  );
  assert.deepEqual(
    under(({ top }) => Object.assign(top.timestamp, { keys: second })),
    [true, true],
  );
  assert.deepEqual(
    under(({ top }) => Object.assign(top.timestamp, { keys: second, threshold: 2 })),
    [false, false],
  );
  assert.deepEqual(
    under(({ top }) => Object.assign(top.timestamp, { keys: [testKey("new")] })),
    [false, false],
  );
  assert.deepEqual(
    under(({ top }) => Object.assign(top.snapshot, { keys: [testKey("new")] })),
    [false, false],
  );
  const damaged = must(recall(trustedOf(repository, "root"), { ...files, timestamp: Buffer.from("{") }).outcome);
  assert.deepEqual([damaged.timestamp, damaged.snapshot !== undefined], [undefined, true], "damage is no rotation");
});

test("a root reads as the specification has it: optional fields, unknown ones, keys of any kind, thresholds that nobody can meet", () => {
  const body = bodyOf(new TestRepository().anchor) as { roles: Record<string, object>; keys: object };
  const accepts = (change: object) => decode(root, { ...body, ...change }, "root").ok;
  const roles = (snapshot: object) => ({ roles: { ...body.roles, snapshot } });
  assert.equal(must(decode(root, { ...body, consistent_snapshot: undefined }, "root")).consistent_snapshot, false);
  assert.equal(accepts({ x_more: 1, keys: { ...body.keys, any: { keytype: "x", scheme: "y", keyval: {}, more: 1 } } }), true);
  assert.equal(accepts(roles({ keyids: ["unknown"], threshold: 6 })), true);
  assert.equal(accepts(roles({ keyids: [], threshold: 1 })), true);
  for (const change of [
    { version: 0 },
    { version: 1.5 },
    { version: "1" },
    { expires: "2030-01-01" },
    { expires: "2030-02-30T00:00:00Z" },
    { spec_version: "2.0.0" },
    { _type: "timestamp" },
    { consistent_snapshot: 1 },
    { roles: { root: body.roles["root"] } },
    roles({ keyids: ["a"], threshold: 0 }),
  ])
    assert.equal(accepts(change), false, JSON.stringify(change));
});

test("a target keeps what the application added to it", () => {
  const repository = new TestRepository();
  repository.role("targets").targets = { file: { ...targetOf("x"), custom: { any: ["thing"] } } };
  repository.publish();
  const file = trustedOf(repository).targets.get("targets")?.signed.targets.get("file");
  assert.deepEqual({ ...(file && must(file)?.custom) }, { any: ["thing"] });
});
