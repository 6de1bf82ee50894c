// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest, servedBytes } from "../canonical.ts";
import { decode, decodeBytes } from "../decode.ts";
import { people } from "../founding.test-support.ts";
import { digestOf, entryOf, must, orderOf, say, statementOf } from "../simulator.test-support.ts";
import { type Head, head, headDocument } from "./head.ts";
import { type Order, order } from "./order.ts";
import { type Statement, statement } from "./statement.ts";

async function headOf(releases: readonly Statement[], orders: readonly Order[] = []): Promise<Head> {
  const approvals = [await say(people.carol, "propose", "release", digestOf("any"))];
  return {
    _type: "head",
    spec: "countersign/1",
    product: "hello",
    platform: "linux-x64",
    channel: "stable",
    releases: await Promise.all(releases.map((release) => entryOf(release, approvals))),
    orders: await Promise.all(orders.map((body) => entryOf(body, approvals))),
  };
}
const accepts = async (releases: readonly Statement[], orders?: readonly Order[]): Promise<boolean> =>
  decodeBytes(head, servedBytes(headDocument(await headOf(releases, orders))), "head").ok;

test("a head reads back as it was written, and its reader computes every digest", async () => {
  const written = await headOf([statementOf(), statementOf({ sequence: 2 })], [orderOf()]);
  const read = must(decodeBytes(head, servedBytes(headDocument(written)), "head"));
  assert.deepEqual(read, written);
  assert.equal(read.releases[0]?.digest, canonicalDigest(statementOf()));
});

test("attack: sequences or order numbers that repeat or fall", async () => {
  const [one, two] = [statementOf(), statementOf({ sequence: 2 })];
  assert.equal(await accepts([one, two]), true);
  for (const releases of [[two, one], [one, one], [one, statementOf({ version: "1.0.1" })], []])
    assert.equal(await accepts(releases), false);
  const [first, second] = [orderOf(), orderOf({ number: 2 })];
  assert.equal(await accepts([one], [first, second]), true);
  for (const orders of [
    [second, first],
    [first, first],
  ])
    assert.equal(await accepts([one], orders), false);
});

test("attack: a release or an order of another product or channel in a head", async () => {
  for (const change of [{ product: "other" }, { channel: "beta" }]) {
    assert.equal(await accepts([statementOf(change)]), false);
    assert.equal(await accepts([statementOf()], [orderOf(change)]), false);
  }
});

test("attack: a head that carries a digest of its own, or a field that nobody knows", async () => {
  const document = headDocument(await headOf([statementOf()])) as { releases: readonly object[] };
  assert.equal(decode(head, { ...document, more: 1 }, "head").ok, false);
  assert.equal(
    decode(head, { ...document, releases: document.releases.map((each) => ({ ...each, digest: digestOf("x") })) }, "head").ok,
    false,
  );
});

test("an order says what its action needs, and nothing that its action gives no meaning", () => {
  const accepted = (change: Partial<Order>) => decode(order, orderOf(change), "order").ok;
  const other = (action: Order["action"], change: Partial<Order> = {}) => accepted({ action, to: null, ...change });
  const denials = [digestOf("denial")];
  assert.equal(accepted({}), true);
  assert.equal(accepted({ to: null }), false);
  assert.equal(accepted({ to: digestOf("bad") }), false);
  assert.equal(accepted({ number: 0 }), false);
  assert.equal(accepted({ denials }), false);
  assert.equal(accepted({ overSeconds: 1 }), false);
  assert.equal(other("lift", { denials }), true);
  assert.equal(other("lift"), false, "a lift of whatever may be said later");
  assert.equal(other("lift", { denials: [...denials, ...denials] }), false);
  assert.equal(accepted({ action: "lift", denials }), false);
  assert.deepEqual(
    [null, 0, 60].map((overSeconds) => other("slow", { overSeconds })),
    [true, false, true],
  );
  assert.deepEqual(
    [null, 0, 60].map((overSeconds) => other("widen", { overSeconds })),
    [false, true, true],
  );
  assert.deepEqual(
    [null, 0, 60].map((overSeconds) => other("resume", { overSeconds })),
    [true, false, false],
  );
});

test("a statement names at least one artifact and one provenance, and one artifact a platform", () => {
  const accepted = (change: object) => decode(statement, { ...statementOf(), ...change }, "statement").ok;
  const [artifact] = statementOf().artifacts;
  assert.equal(accepted({}), true);
  assert.equal(accepted({ artifacts: [artifact, { ...artifact, platform: "linux-arm64" }] }), true);
  for (const change of [
    { artifacts: [] },
    { artifacts: [artifact, { ...artifact, name: "other" }] },
    { provenance: [] },
    { provenance: [digestOf("a"), digestOf("a")] },
    { sequence: 0 },
    { minimumSequence: 1 },
    { epoch: -1 },
    { urgent: "no" },
    { health: { ...statementOf().health, command: [] } },
  ])
    assert.equal(accepted(change), false, JSON.stringify(change));
});
