// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createKey } from "../encrypted-file.ts";
import { KeyRefused, type Outcome } from "../outcome.ts";
import { type KeyPlace, openKey, recordPath } from "../place.ts";
import { dateTime, newRecord } from "./key-record.ts";
import { judgeUse, recordChecks } from "./record-checks.ts";
import { RecordFile } from "./record-file.ts";

const directory = mkdtempSync(join(tmpdir(), "record-"));
after(() => rmSync(directory, { recursive: true }));
const passphraseFile = join(directory, "passphrase");
writeFileSync(passphraseFile, "correct horse battery", { mode: 0o600 });

const now = Date.parse("2026-11-23T12:00:00Z");
const message = Buffer.from("a release digest");

/** A key with a record, and the place that opens it. */
async function recorded(name: string, limit: number): Promise<{ readonly place: KeyPlace; readonly file: RecordFile }> {
  const keyFile = join(directory, name);
  const key = await createKey(keyFile, "correct horse battery", "ed25519");
  const facts = { owner: "ann", purpose: "sign stable", limit, expires: "2027-01-01T00:00:00Z" };
  const file = RecordFile.create(recordPath(keyFile), newRecord(key, facts, now));
  assert.ok(file.ok);
  return { place: { custody: "encrypted-file", keyFile, passphraseFile }, file: file.value };
}

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

const refusedAs = (expected: string) => (error: unknown) => error instanceof KeyRefused && error.refusal.code === expected;

test("a record says whose a key is, what for, where, until when, how much it may sign and has signed, and when it is reviewed", async () => {
  const { place, file } = await recorded("facts.key", 10);
  const key = await openKey(place, () => now + 5000);
  await key.sign(message);
  const { keyid, ...rest } = file.read();
  assert.equal(keyid, key.keyid);
  assert.deepEqual(rest, {
    algorithm: "ed25519",
    custody: "encrypted-file (development)",
    owner: "ann",
    purpose: "sign stable",
    created: "2026-11-23T12:00:00Z",
    expires: "2027-01-01T00:00:00Z",
    limit: 10,
    nextReview: "2027-02-21T12:00:00Z",
    signatures: 1,
    lastUse: "2026-11-23T12:00:05Z",
    successor: null,
  });
  assert.equal(statSync(file.path).mode & 0o777, 0o600);
});

test("at its limit a key signs no more, and does not open again", async () => {
  const { place, file } = await recorded("spent.key", 2);
  const key = await openKey(place, () => now);
  await key.sign(message);
  await key.sign(message);
  await assert.rejects(key.sign(message), refusedAs("key-spent"));
  await assert.rejects(
    openKey(place, () => now),
    refusedAs("key-spent"),
  );
  assert.equal(file.read().signatures, 2);
});

test("from its expiry on a key signs no more, and does not open again", async () => {
  const { place } = await recorded("expired.key", 10);
  let clock = Date.parse("2026-12-31T23:59:59Z");
  const key = await openKey(place, () => clock);
  await key.sign(message);
  clock += 1000;
  await assert.rejects(key.sign(message), refusedAs("key-expired"));
  await assert.rejects(
    openKey(place, () => clock),
    refusedAs("key-expired"),
  );
});

test("attack: a key is opened with the fresh record of another one, or with one that is not there", async () => {
  const { place } = await recorded("swapped.key", 10);
  const other = await recorded("fresh.key", 10);
  await assert.rejects(
    openKey({ ...place, record: other.file.path }, () => now),
    refusedAs("record-of-another-key"),
  );
  await assert.rejects(
    openKey({ ...place, record: join(directory, "none") }, () => now),
    refusedAs("record-missing"),
  );
  await assert.rejects(
    openKey({ ...place, record: passphraseFile }, () => now),
    refusedAs("record-damaged"),
  );
});

test("each check of a record refuses what no other one does", async () => {
  const record = newRecord(
    await createKey(join(directory, "checks.key"), "correct horse battery", "ed25519"),
    { owner: "ann", purpose: "x" },
    now,
  );
  const right = { record, keyid: record.keyid, now };
  assert.equal(code(judgeUse(right)), "accepted");
  const wrong = {
    "record/key": { ...right, keyid: "another" },
    "record/expiry": { ...right, now: Date.parse(record.expires) },
    "record/limit": { ...right, record: { ...record, signatures: record.limit } },
  };
  assert.deepEqual(
    Object.keys(wrong),
    recordChecks.map(({ name }) => name),
  );
  for (const [name, use] of Object.entries(wrong)) {
    assert.notEqual(code(judgeUse(use)), "accepted");
    assert.equal(
      code(
        judgeUse(
          use,
          recordChecks.filter((check) => check.name !== name),
        ),
      ),
      "accepted",
    );
  }
});

test("four processes that sign at once, one of them killed, never give more signatures than are counted", async () => {
  const { place, file } = await recorded("shared.key", 1000);
  const script = join(directory, "signs.ts");
  writeFileSync(
    script,
    `import { openKey } from ${JSON.stringify(join(import.meta.dirname, "../place.ts"))};
     const key = await openKey(${JSON.stringify(place)}, () => ${now});
     for (let at = 0; at < 25; at++) { await key.sign(Buffer.from("m")); process.stdout.write("."); }`,
  );
  const given = await Promise.all(
    [0, 1, 2, 3].map(async (which) => {
      const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
      let signed = 0;
      child.stdout.on("data", (dots: Buffer) => {
        signed += dots.length;
        if (which === 0 && signed >= 5) child.kill("SIGKILL");
      });
      await once(child, "close");
      return signed;
    }),
  );
  assert.deepEqual(given.slice(1), [25, 25, 25]);
  const total = given.reduce((sum, each) => sum + each);
  const { signatures, lastUse } = file.read();
  assert.ok(signatures >= total && signatures <= 100, `${signatures} counted, ${total} given`);
  assert.equal(lastUse, dateTime(now));
});

test("a record is never overwritten, and a key has one successor", async () => {
  const { file } = await recorded("once.key", 10);
  assert.equal(code(RecordFile.create(file.path, file.read())), "record-exists");
  assert.equal(code(file.succeededBy("next")), "accepted");
  assert.equal(code(file.succeededBy("next")), "accepted");
  assert.equal(code(file.succeededBy("another")), "key-succeeded");
});
