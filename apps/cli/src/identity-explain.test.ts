// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { audience, startIssuer, type TestIssuer } from "@countersign/federation/issuer.test-support";
import { githubClaims, githubPin } from "@countersign/federation/jobs.test-support";
import { countersign } from "./transcript.test-support.ts";

const base = await mkdtemp(join(tmpdir(), "cli-identity-"));
let issuer: TestIssuer;
before(async () => {
  issuer = await startIssuer(githubClaims);
  await writeFile(join(base, "pin.json"), JSON.stringify(githubPin(issuer.issuer, audience)));
});
after(async () => {
  await issuer[Symbol.asyncDispose]();
  await rm(base, { recursive: true });
});

const explain = (...args: readonly string[]) => countersign(base, "identity", "explain", ...args);

test("a token of the job that is pinned would be accepted, and every rule says so", async () => {
  const { code, stdout } = await explain(await issuer.token(), "--pin", "pin.json");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /It would be accepted/);
  assert.match(stdout, /pin\/repository_id +1234567 +1234567 +ok/);
  assert.match(stdout, /Kept for the record: .*run_id 7/);
});

test("a token that is refused for several things shows all of them, and ends with 1", async () => {
  const token = await issuer.token({ claims: { repository_id: "1", environment: undefined } });
  const { code, stdout } = await explain(token, "--pin", "pin.json", "--json");
  assert.equal(code, 1);
  const { accepted, checks } = JSON.parse(stdout) as { accepted: boolean; checks: { verified: boolean; refusal?: { code: string } }[] };
  assert.equal(accepted, false);
  assert.deepEqual(
    checks.flatMap(({ refusal }) => refusal?.code ?? []),
    ["repository-id-differs", "environment-missing"],
  );
  assert.ok(checks.every(({ verified }) => verified));
});

test("without a pin it shows what a token says, and that nobody vouches for it; a bad pin is refused with the place", async () => {
  const token = await issuer.token();
  const { code, stdout } = await explain(token);
  assert.equal(code, 0);
  assert.match(stdout, /repository_id +1234567[\s\S]*Nobody vouches for this/);
  await writeFile(join(base, "wild.json"), JSON.stringify({ ...githubPin(issuer.issuer, audience), audience: "*" }));
  assert.match((await explain(token, "--pin", "wild.json")).stderr, /no wildcard and no pattern at audience/);
  assert.match((await explain("nonsense", "--pin", "pin.json")).stderr, /^refused: token-malformed/);
});
