// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "@countersign/tlog/hash";
import { formatNote, parseNote } from "@countersign/tlog/note";
import { cosign, type NoteSigner, signerFromSeed } from "@countersign/tlog/signer";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { people, policyOf } from "../founding.test-support.ts";
import { type ChannelRules, type Policy, policy as policyDecoder } from "../policy/policy.ts";
import { codeOf, digestOf, entryOf, ledger, must, orderOf, person, say, statementOf, TestLog } from "../simulator.test-support.ts";
import { readPastCheck, readThroughChecks } from "./checks.ts";
import { type ReadThrough, readReadThrough } from "./read-through.ts";

const [watch, second] = [person("watch"), person("second")];
const holder = (who: typeof watch, owner: string) => ({ key: who.key, holder: who.name, owner });
const base = policyOf();
const rules = base.channels["stable"] as ChannelRules;
const policyWith = (owner: string): Policy =>
  must(
    decode(
      policyDecoder,
      {
        ...base,
        holders: { ...base.holders, [watch.keyid]: holder(watch, "watch"), [second.keyid]: holder(second, owner) },
        monitors: { watch: watch.keyid, second: second.keyid },
      },
      "policy",
    ),
  );
const policy = policyWith("second");

/** A monitor's cosigner: its key under the name that the policy gives it. */
const cosigner = (name: string, seed = name): NoteSigner => signerFromSeed(sha256(Buffer.from(seed)), name, 4);

const log = new TestLog();
await log.append({ type: "root", digest: digestOf("root") });
const release = await entryOf(statementOf(), [await say(people.carol, "propose", "release", digestOf("x"))], log); // entry 1
const note = await log.note([100, 100, 100]); // size 2

async function readThroughOf(monitor: string, by: readonly NoteSigner[], of = note, time = 500): Promise<ReadThrough> {
  const { text, signatures } = must(parseNote(Buffer.from(of)));
  const more = await Promise.all(by.map((signer) => cosign(Buffer.from(text), time, signer)));
  return must(readReadThrough(monitor, Buffer.from(formatNote(text, [...signatures, ...more])), ledger));
}

const code = async (monitor: string, by: readonly NoteSigner[], of?: string, time?: number): Promise<string> =>
  codeOf(judge({ candidate: await readThroughOf(monitor, by, of, time), policy, ledger }, readThroughChecks).outcome);

test("a monitor's own cosignature on a checkpoint that the witnesses cosigned", async () => {
  assert.equal(await code("watch", [cosigner("watch")]), "accepted");
  assert.equal(await code("watch", []), "monitor-not-trusted");
  assert.equal(await code("watch", [cosigner("watch")], await log.note([100])), "witness-quorum-missing");
  assert.equal(await code("watch", [cosigner("watch")], note, 0), "monitor-not-trusted");
});

test("attack: one monitor's word for another's, a key that the policy does not name, and a monitor that it does not name", async () => {
  assert.equal(await code("second", [cosigner("watch")]), "monitor-not-trusted");
  assert.equal(await code("watch", [cosigner("watch", "mallory")]), "monitor-not-trusted");
  assert.equal(await code("constructor", [cosigner("constructor")]), "monitor-not-trusted");
});

test("attack: a witness's key as a monitor's: it cosigns whatever is consistent, and has read nothing", async () => {
  const w1 = person("w1"); // the seed of the first witness
  const named: Policy = { ...policy, holders: { ...policy.holders, [w1.keyid]: holder(w1, "w1") }, monitors: { w1: w1.keyid } };
  const candidate = await readThroughOf("w1", []);
  assert.equal(codeOf(judge({ candidate, policy: named, ledger }, readThroughChecks).outcome), "monitor-not-trusted");
});

test("attack: a cosignature that does not verify beside one that does", async () => {
  const honest = await readThroughOf("watch", [cosigner("watch")]);
  const lines = honest.checkpoint.note.trimEnd().split("\n");
  const forged = (lines.at(-1) ?? "").replace(/.{8}$/, "AAAAAA==");
  const both = must(readReadThrough("watch", Buffer.from(`${lines.join("\n")}\n${forged}\n`), ledger));
  assert.equal(codeOf(judge({ candidate: both, policy, ledger }, readThroughChecks).outcome), "monitor-not-trusted");
});

const past = (
  readThroughs: readonly ReadThrough[],
  readThrough: number,
  by = policy,
  candidate: Parameters<typeof readPastCheck.examine>[0]["candidate"] = release,
) => codeOf(judge({ candidate, policy: by, rules: { ...rules, readThrough }, readThroughs }, [readPastCheck]).outcome);

test("as many monitors of different owners as the channel asks for have read past the entry", async () => {
  const [one, two] = [await readThroughOf("watch", []), await readThroughOf("second", [])];
  assert.equal(past([], 0), "accepted");
  assert.equal(past([], 1), "not-read-past");
  assert.equal(past([one], 1), "accepted");
  assert.equal(past([one, one], 2), "not-read-past");
  assert.equal(past([one, two], 2), "accepted");
  assert.equal(past([one, two], 2, policyWith("watch")), "not-read-past", "one owner reads once");
});

test("attack: a read-through that ends just before the entry", async () => {
  const shorter = new TestLog();
  await shorter.append({ type: "root", digest: digestOf("root") });
  const before = await readThroughOf("watch", [], await shorter.note([100, 100, 100])); // size 1: entry 0 only
  assert.equal(past([before], 1), "not-read-past");
});

test("an entry of a log that went before is read past by whoever reads the one that is followed now", async () => {
  const before = { ...release, proof: release.proof.replace("log.example\n", "old.example\n").replace(/^index \d+$/m, "index 900") };
  assert.equal(past([await readThroughOf("watch", [])], 1, policy, before), "accepted");
  assert.equal(past([], 1, policy, before), "not-read-past");
});

test("what only narrows waits for no monitor; what widens does", async () => {
  const approvals = release.approvals;
  assert.equal(past([], 1, policy, await entryOf(orderOf({ action: "slow" }), approvals)), "accepted");
  assert.equal(past([], 1, policy, await entryOf(orderOf({ action: "widen" }), approvals)), "not-read-past");
});
