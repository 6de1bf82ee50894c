// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { publicHalf } from "@countersign/custody/key";
import { keyidOf } from "@countersign/trust/key";
import { foundWorld } from "@countersign/world/found";
import { appPlan } from "@countersign/world/plans/app";
import { storeDirectory } from "@countersign/world/project";
import { countersign, countersignJson } from "./transcript.test-support.ts";

const base = await mkdtemp(join(tmpdir(), "cli-policy-"));
after(() => rm(base, { recursive: true }));

// The policy of a project as its founders signed it.
let first: Record<string, unknown> & { readonly version: number; readonly channels: Readonly<Record<string, object>> };
before(async () => {
  const founded = await foundWorld(join(base, "project"), appPlan("hello", "stable", ["ana", "ben", "cleo", "dan"]));
  assert.ok(founded.ok);
  const targets = join(storeDirectory(founded.value), "targets");
  const [name = ""] = (await readdir(targets)).filter((file) => file.endsWith(".policy.json"));
  const bytes = await readFile(join(targets, name));
  await writeFile(join(base, "1.json"), bytes);
  first = JSON.parse(bytes.toString());
});

const write = (name: string, change: object): Promise<void> =>
  writeFile(join(base, name), JSON.stringify({ ...first, version: 2, ...change }));
const withRules = (change: object): object => ({ channels: { stable: { ...first.channels["stable"], ...change } } });

test("a policy is shown as who is enough to start and to stop what", async () => {
  const { code, stdout, stderr } = await countersign(base, "policy", "show", "1.json");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /policy version 1 [0-9a-f]{12}: quorums count owners; a successor cools off for 86400 s/);
  assert.match(stdout, /approve, besides the proposer +1 +ana, ben, cleo, dan\n/);
  assert.match(stdout, /revoke +1 +ana, ben\n/);
  const { channels } = await countersignJson<{ channels: Record<string, { start: object[] }> }>(base, "policy", "show", "1.json");
  assert.deepEqual(channels["stable"]?.start[0], { act: "build", takes: 1, of: ["dan"] });
});

test("a change is shown with its effect on quorums, what loosens first, and with the day on which it can hold", async () => {
  await write("2.json", {
    ...withRules({ soakSeconds: 60, revocationSeconds: 60, urgent: { soakSeconds: 60, extraApprovals: 1 } }),
    coolingOffSeconds: 1,
  });
  const { code, stdout, stderr } = await countersign(base, "policy", "diff", "2.json", "--against", "1.json");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /looser +all +coolingOffSeconds +86400 → 1\nlooser +stable +soakSeconds +3600 → 60\n/);
  assert.match(stdout, /tighter +stable +revocationSeconds +3600 → 60\n/);
  assert.match(stdout, /What widens waits 86400 s .*: not before \d{4}-/);
  assert.match(stdout, /~ version: 1 → 2\n/);
  assert.match(stdout, /~ channels › stable › soakSeconds: 3600 → 60 \(grows: less time is left to object\)\n/);
  assert.match(stdout, /Next: countersign key ceremony open next\.event --role targets --new-policy 2\.json/);
});

test("attack: a policy with a quorum of none, left out, or by name is refused before anybody signs it", async () => {
  for (const approvals of [0, undefined, "admins"]) {
    await write("none.json", withRules({ approvals }));
    const { code, stderr } = await countersign(base, "policy", "diff", "none.json", "--against", "1.json");
    assert.equal(code, 1);
    assert.match(stderr, /^refused: malformed-document\n {2}expected .*approvals/, String(approvals));
  }
});

test("another policy of the same version is refused: no device would take it", async () => {
  await write("again.json", { version: 1, coolingOffSeconds: 5 });
  const { code, stderr } = await countersign(base, "policy", "diff", "again.json", "--against", "1.json");
  assert.equal(code, 1);
  assert.match(stderr, /^refused: version-rolled-back\n[\s\S]*Write version 2 into again\.json/);
});

test("a person's key goes into the next policy, alone or besides what they have, and is in it what `policy diff` shows; a stranger's and a known one do not", async () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { tuf } = publicHalf(publicKey, "a token");
  await writeFile(join(base, "ana.pub"), JSON.stringify(tuf));
  const into = (given: string, out: string, ...more: readonly string[]) =>
    countersign(base, "policy", "approver", given, "--against", "1.json", "--out", out, ...more);
  const approversIn = async (file: string): Promise<readonly string[]> => {
    const { channels } = JSON.parse(await readFile(join(base, file), "utf8"));
    return channels.stable.approvers;
  };
  const [own, ...others] = await approversIn("1.json");
  const { code, stderr } = await into("ana=ana.pub", "alone.json");
  assert.equal(code, 0, stderr);
  assert.deepEqual(await approversIn("alone.json"), [...others, keyidOf(tuf)]);
  assert.equal((await into("ana=ana.pub", "both.json", "--besides")).code, 0);
  assert.deepEqual(await approversIn("both.json"), [own, ...others, keyidOf(tuf)]);
  const { version, holders } = JSON.parse(await readFile(join(base, "alone.json"), "utf8"));
  assert.deepEqual([version, holders[keyidOf(tuf)].owner, holders[own ?? ""].owner], [2, "ana", "ana"]);
  const { stdout } = await countersign(base, "policy", "diff", "alone.json", "--against", "1.json");
  assert.match(stdout, /version: 1 → 2/);
  assert.equal((await into("ana=ana.pub", "token.json", "--custody", "pkcs11")).code, 0);
  const { custody } = JSON.parse(await readFile(join(base, "token.json"), "utf8"));
  assert.deepEqual([custody[keyidOf(tuf)], custody[own ?? ""]], ["pkcs11", "encrypted-file"], "as founded, and as told");
  await writeFile(
    join(base, "file.json"),
    JSON.stringify({
      ...JSON.parse(await readFile(join(base, "token.json"), "utf8")),
      version: 3,
      custody: { ...custody, [keyidOf(tuf)]: "encrypted-file" },
    }),
  );
  const moved = await countersign(base, "policy", "diff", "file.json", "--against", "token.json");
  assert.match(moved.stdout, /custody › \w+: pkcs11 → encrypted-file \(grows: a key lives where it is misused more easily\)/);

  assert.match((await into("mallory=ana.pub", "no.json")).stderr, /refused: not-an-approver/);
  assert.match((await into("ana=ana.pub", "alone.json")).stderr, /refused: file-exists/);
  const again = await countersign(base, "policy", "approver", "ben=ana.pub", "--against", "both.json", "--out", "no.json");
  assert.match(again.stderr, /refused: key-taken/);
});
