// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { signAct } from "@countersign/release/personal-act";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Act } from "./act-body.ts";
import { faultOf } from "./act-fault.ts";
import { announcedBy, type HeardAct } from "./announced.ts";

const people = ["ann", "ben", "eve"].map((person) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const key: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { person, key, keyid: keyidOf(key), privateKey };
});
const keyOf = (person: string): { keyid: string; sign: (message: Uint8Array) => Promise<Buffer> } => {
  const { keyid, privateKey } = people.find((each) => each.person === person) as { keyid: string; privateKey: KeyObject };
  return { keyid, sign: async (message) => sign(null, message, privateKey) };
};
const approvers = people.filter(({ person }) => person !== "eve").map(({ keyid }) => keyid);
const policy = {
  separation: "owner",
  holders: Object.fromEntries(people.map(({ person, key, keyid }) => [keyid, { key, holder: person, owner: person }])),
  channels: { stable: { approvers } },
} as unknown as Policy;

let nonce = 0;
const signed = async (person: string, act: string, subject: string, body: object) =>
  (await signAct(keyOf(person) as never, { act, subject, body, now: 0, nonce: Buffer.alloc(16, ++nonce) })) as unknown as {
    readonly signed: Json;
  };

const asked = { seconds: 3600, releases: 2, reason: "1.2.0" };
let number = 0;
function heard(act: string, who: string, subject: string, body: object, earlier: readonly HeardAct[] = []): HeardAct {
  const record: Act = { number: ++number, previous: null, time: "2026-11-23T00:00:00.000Z", who, act, subject, body: body as Json };
  return { index: number, seen: 0, act: record, fault: faultOf(record, policy, earlier) };
}

async function request(person: string): Promise<HeardAct> {
  const evidence = await signed(person, "window.request", "stable", asked);
  return heard("window.requested", person, `w-${canonicalDigest(evidence.signed).slice(0, 16)}`, { channel: "stable", asked, evidence });
}

async function opening(person: string, wish: HeardAct, by: string = person): Promise<HeardAct> {
  const evidence = await signed(by, "window.approve", wish.act.subject, {});
  return heard("window.opened", person, wish.act.subject, { ends: "2026-11-23T01:00:00.000Z", alone: false, evidence }, [wish]);
}

test("a window that one person asked for and another opened is an intent, and nothing else is needed to see that", async () => {
  const wish = await request("ann");
  const open = await opening("ben", wish);
  assert.deepEqual([wish.fault, open.fault], ["", ""]);
  const [window] = [...announcedBy([open, wish]).windows.values()];
  assert.deepEqual([window?.channel, window?.releases, window?.ends], ["stable", 2, Date.parse("2026-11-23T01:00:00Z") / 1000]);
});

test("attack: govern makes up the request, the opening, the second person, or what was asked for", async () => {
  const wish = await request("ann");
  const faults = [
    heard("window.requested", "ann", wish.act.subject, { channel: "stable", asked }).fault,
    heard("window.requested", "ben", wish.act.subject, wish.act.body as object).fault,
    heard("window.requested", "ann", wish.act.subject, { ...(wish.act.body as object), asked: { ...asked, releases: 9 } }).fault,
    heard("window.requested", "ann", "w-0123456789abcdef", wish.act.body as object).fault,
    (await opening("ben", wish, "ann")).fault,
    (await opening("ann", wish)).fault,
    (await opening("eve", wish)).fault,
    heard("window.opened", "ben", wish.act.subject, { ends: "2026-11-23T01:00:00.000Z" }, [wish]).fault,
    heard("window.opened", "ben", "w-0", (await opening("ben", wish)).act.body as object, [wish]).fault,
  ];
  assert.deepEqual(faults, [
    "nobody signed it",
    "it is not signed by ben, a person of the policy",
    "what was signed is another request",
    "what was signed is another request",
    "it is not signed by ben, a person of the policy",
    "ann asked for it and opened it",
    "eve approves nothing for that channel",
    "nobody signed it",
    "what was signed is for another window",
  ]);
  for (const fault of faults) assert.notEqual(fault, "");
});

test("what is faulty opens nothing, and what govern may say by itself needs nobody", async () => {
  const wish = await request("ann");
  const alone = await opening("ann", wish);
  assert.equal(announcedBy([wish, alone]).windows.size, 0);
  assert.equal(heard("window.closed", "govern", wish.act.subject, { why: "time" }).fault, "");
});
