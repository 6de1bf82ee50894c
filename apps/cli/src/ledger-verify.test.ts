// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { people, rootOf } from "@countersign/trust/founding.test-support";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { contradictionOf } from "@countersign/trust/ledger/contradiction";
import { digestOf, ledger, must, signedBytes, TestLog } from "@countersign/trust/simulator.test-support";
import { countersign } from "./transcript.test-support.ts";

const base = await mkdtemp(join(tmpdir(), "ledger-verify-"));
after(() => rm(base, { recursive: true }));

const logged = Buffer.from("a channel file");
const [log, forked] = [new TestLog(), new TestLog()];
for (const each of [log, forked]) await each.append({ type: "root", digest: digestOf(each === log ? "one" : "another") });
const proof = await log.prove({ type: "channel", digest: sha256(logged) }, [100, 100]);
const [honest, other] = [await log.note([100, 100]), await forked.note([100, 100])].map((note) => must(claimedCheckpoint(note, ledger)));
assert.ok(honest && other);
const files = {
  "root.json": await signedBytes(rootOf(), people.alice, people.bob),
  "stable.json": logged,
  "stable.tlog-proof": proof,
  "forked.json": servedBytes(contradictionOf(honest, other, await log.prefix(1))),
  "unproven.json": servedBytes(contradictionOf(honest, other)),
};
for (const [name, bytes] of Object.entries(files)) await writeFile(join(base, name), bytes);

const verify = (...args: readonly string[]) => countersign(base, "ledger", "verify", ...args, "--root", "root.json");

test("a proof that somebody handed over is verified with a trusted root and the file that it is of, and nothing else", async () => {
  const { stdout, stderr } = await verify("stable.tlog-proof", "--of", "stable.json");
  assert.match(stdout, /^entry 1 of 2 in log\.example: channel [0-9a-f]{64}, under 2 witnesses\.\n$/, stderr);
  assert.match((await verify("stable.tlog-proof", "--of", "root.json")).stderr, /^refused: inclusion-unproven\n[\s\S]*--approvals SHA256/);
  assert.match((await verify("stable.tlog-proof", "--digest", "3f9c2a10")).stderr, /^refused: digest-cut\n/);
});

test("a device's evidence convicts the log offline; two checkpoints of which nothing is shown convict nobody", async () => {
  const { stdout, stderr } = await verify("forked.json");
  assert.match(
    stdout,
    /^forked: log\.example: the log signed two trees .+ of 1 and 2 entries\. Witnesses that cosigned both: w1, w2\.\n$/,
    stderr,
  );
  const { stderr: refused } = await verify("unproven.json");
  assert.match(refused, /^refused: no-contradiction\n[\s\S]*countersign ledger verify FILE --store/);
});

test("a server that is not there is a refusal that says what to do, and no stack", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close(); // nobody else is given a port so soon
  const { code, stderr } = await verify("--store", `http://127.0.0.1:${port}`);
  assert.equal(code, 1);
  assert.match(stderr, /^refused: unreachable\n[\s\S]*ECONNREFUSED[\s\S]*countersign up/);
});
