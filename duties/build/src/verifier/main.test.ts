// SPDX-License-Identifier: Apache-2.0
// The verifier of foreign bundles as it runs: a process with its own key, the repository that its rules come from, and what devices say to its word.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileOf, readMessage } from "@countersign/repository/edit/message";
import { splice } from "@countersign/repository/edit/splice";
import { setTarget } from "@countersign/repository/edit/target-edits";
import { readFrom } from "@countersign/repository/read-from";
import { signMessage } from "@countersign/repository/sign-document";
import { targetFileOf, targetStorePath } from "@countersign/repository/target-path";
import { openRepository } from "@countersign/repository/view";
import { isSummary } from "@countersign/trust/build/attested";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { canonicalBytes, type Json, servedForm } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { codeOf, must, statementOf } from "@countersign/trust/simulator.test-support";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { publishConfig } from "@countersign/world/duty-configs";
import { makeKey } from "@countersign/world/found";
import { type Ground, layGround } from "@countersign/world/ground";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile, dutyDirectory, placeIn, storeDirectory } from "@countersign/world/project";
import { artifact, job, pinnedBytes, rootBytes, ruleOf } from "./job.test-support.ts";
import { type AttestedJob, attestedBundle } from "./sigstore.test-support.ts";

const directory = mkdtempSync(join(tmpdir(), "bundle-verifier-"));
const pace = { batchMilliseconds: 10, pollMilliseconds: 50, heartbeatMilliseconds: 1000, timestampSeconds: 3600 };
let ground: Ground;
let url: string;

before(async () => {
  ground = await layGround(join(directory, "project"), { ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]), pace });
  const { project } = ground;
  const own = dutyDirectory(project, "bundles");
  const key = await makeKey(own, "ed25519");
  await trust({ [key.keyid]: { key: key.tuf, holder: "bundles", owner: "eve" } }, [ruleOf(key.keyid)]);
  await ground.start("publish", "publish", publishConfig(project, 0, "http://127.0.0.1:9", ground.ledgerUrl));
  while ((await ground.store.read("metadata/timestamp.json")) === undefined) await sleep(20);
  const [bundlePolicy, trustedRoot] = [join(own, "bundle-policy.json"), join(own, "trusted_root.json")];
  writeFileSync(bundlePolicy, pinnedBytes);
  writeFileSync(trustedRoot, rootBytes);
  const config = {
    ...{ port: 0, key: placeIn(own), bundlePolicy, trustedRoot, repository: ground.url, anchor: anchorFile(project) },
    ...{ store: storeDirectory(project), ledger: ground.ledgerUrl, state: join(own, "vouched.sqlite") },
  };
  ({ url } = await ground.start("build/verifier", "bundles", config));
});
after(async () => {
  await ground?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** Before anything is published, the owners have these builders trusted and no others. */
async function trust(holders: Readonly<Record<string, object>>, trusted: readonly object[]): Promise<void> {
  const { store, project } = ground;
  const targets = must(readMessage((await store.read("metadata/1.targets.json")) ?? new Uint8Array(), "targets"));
  const listed = (targets.signed as { targets: Record<string, { hashes: { sha256: Digest } }> }).targets["policy.json"];
  const bytes = await store.read(targetStorePath("policy.json", listed?.hashes.sha256 ?? ("" as Digest)));
  const policy = canonicalBytes(JSON.parse(Buffer.from(bytes ?? []).toString()));
  const changes = Object.entries(holders).map(([keyid, holder]) => ({ path: ["holders", keyid] as const, value: holder as Json }));
  const builders = { quorum: 1, trusted } as unknown as Json;
  const served = servedForm(splice(policy, [...changes, { path: ["channels", "stable", "builders"], value: builders }]));
  const next = splice(targets.message, [setTarget("policy.json", targetFileOf(served))]);
  const signers = await Promise.all(project.plan.targets.holders.map(({ holder }) => ground.key(holder)));
  await store.write(targetStorePath("policy.json", sha256(served)), served);
  await store.write("metadata/1.targets.json", fileOf(next, await signMessage(next, signers)));
}

async function vouchedFor(
  of: AttestedJob,
): Promise<{ readonly provenance?: Digest; readonly refusal?: { readonly code: string; readonly check?: string } }> {
  const bundle = Buffer.from(JSON.stringify(attestedBundle(of))).toString("base64");
  const asked = { channel: "stable", version: "1.0.0", artifacts: [{ name: "hello.tar.zst", sha256: artifact }], bundle };
  const answer = await fetch(`${url}/summaries`, { method: "POST", body: JSON.stringify(asked) });
  return (await answer.json()) as Awaited<ReturnType<typeof vouchedFor>>;
}

/** What devices say to a release of these bytes with this in the place of a builder's provenance. */
async function judged(sha: Digest, provenance: Digest): Promise<string> {
  const read = readFrom(ground.store);
  const { policy, ledger } = must(await openRepository(read, readFileSync(anchorFile(ground.project)), Date.now()));
  const rules = policy.channels["stable"];
  assert.ok(rules);
  const attestations = must(await readAttestations(read, [provenance]));
  const candidate = statementOf({ provenance: [provenance], artifacts: statementOf().artifacts.map((each) => ({ ...each, sha256: sha })) });
  return codeOf(judge({ candidate, attestations, policy, rules, ledger }, provenanceChecks).outcome);
}

test("the process: devices take its summary of a bundle in the place of a builder's provenance, for these bytes and no others", async () => {
  const { provenance, refusal } = await vouchedFor(job);
  assert.ok(provenance, JSON.stringify(refusal));
  assert.equal(await judged(artifact, provenance), "accepted");
  const [{ provenance: summary } = {}] = must(await readAttestations(readFrom(ground.store), [provenance]));
  assert.ok(summary && isSummary(summary));
  assert.match(summary.predicate.timeVerified, /:\d\d\.000Z$/, "in whole seconds, as witnesses count: its entry may be of the same one");
  assert.equal(await judged(sha256(Buffer.from("evil")), provenance), "artifact-not-attested");
});

test("attack: the process is given a bundle of another workflow than its pins name, and leaves no summary", async () => {
  const entries = async () => (await ground.store.list("provenance/")).length;
  const before = await entries();
  const evil = "https://github.com/octo/hello/.github/workflows/evil.yml@refs/tags/v1.0.0";
  const { provenance, refusal } = await vouchedFor({ ...job, san: evil, extensions: { ...job.extensions, 9: evil, 18: evil } });
  assert.deepEqual([provenance, refusal?.code], [undefined, "certificate-differs"]);
  assert.equal(await entries(), before);
});
