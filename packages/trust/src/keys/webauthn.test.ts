// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { targets } from "../anchor/targets.ts";
import { decode } from "../decode.ts";
import { targetsOf } from "../founding.test-support.ts";
import { holderKey, keyidOf, publicKey, sidecarKey, verifySignature } from "../key.ts";
import { defaultLimits } from "../limits.ts";
import { type Assertion, assertionBytes, pageOrigin, passkeyPerson } from "./webauthn.test-support.ts";
import { passkeyCounter } from "./webauthn.ts";

const ann = passkeyPerson("ann");
const message = Buffer.from("what is approved");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const verifies = async (change: Partial<Assertion> = {}, over = message): Promise<boolean> =>
  verifySignature(ann.key, message, hex(await ann.sign(over, change)));

test("an assertion over the message's digest, on the passkey's own page, by a verified user", async () => {
  assert.equal(await verifies(), true);
  assert.equal(await verifies({ counter: 0 }), true, "one that does not count");
  assert.equal(await verifies({ flags: 0x0d }), true, "one that may be backed up");
  assert.equal(await verifies({ flags: 0x1d }), true, "one that is backed up");
  assert.equal(await verifies({ more: ',"other_keys_can_be_added_here":"do not compare clientDataJSON against a template"' }), true);
});

test("attack: an assertion over another message", async () => {
  assert.equal(await verifies({}, Buffer.from("another release")), false);
  assert.equal(await verifies({ challenge: hash("sha256", "another release", "base64url") }), false);
  assert.equal(await verifies({ challenge: "" }), false);
});

test("attack: an assertion that another page asked for", async () => {
  for (const origin of [
    "http://localhost:7392",
    "http://localhost",
    "https://localhost:7391",
    "http://localhost:73910",
    "https://evil.example",
  ])
    assert.equal(await verifies({ origin }), false, origin);
  assert.equal(await verifies({ rpId: "evil.example" }), false);
  assert.equal(await verifies({ crossOrigin: true }), false);
});

test("attack: nobody was there, or nobody said who", async () => {
  for (const flags of [0x00, 0x01, 0x04, 0x08, 0x1c, 0x19]) assert.equal(await verifies({ flags }), false, flags.toString(16));
});

test("what an assertion never has: credential data, extensions, a backup of what cannot be backed up, another type", async () => {
  for (const flags of [0x45, 0x85, 0xc5, 0x15]) assert.equal(await verifies({ flags }), false, flags.toString(16));
  assert.equal(await verifies({ extra: Buffer.from([0xa0]) }), false);
  assert.equal(await verifies({ flags: 0x85, extra: Buffer.from([0xa0]) }), false);
  for (const type of ["webauthn.create", "payment.get", ""]) assert.equal(await verifies({ type }), false, type);
});

test("attack: client data that says it twice, elsewhere, or in other bytes", async () => {
  const challenge = hash("sha256", message, "base64url");
  const good = `{"type":"webauthn.get","challenge":"${challenge}","origin":"${pageOrigin}","crossOrigin":false}`;
  assert.equal(await verifies({ clientData: good }), true);
  for (const clientData of [
    ` ${good}`,
    `${good} `,
    good.replace(",", ", "),
    good.replace('"crossOrigin":false', '"crossOrigin":false1'),
    good.replace(',"crossOrigin":false', ""),
    good.slice(0, -1),
    good.replace('"crossOrigin":false}', '"crossOrigin":false,'),
    good.replace("webauthn.get", "webauthn.\\u0067et"),
    `{"x":0,${good.slice(1)}`,
    `{"type":"webauthn.get","origin":"${pageOrigin}","challenge":"${challenge}","crossOrigin":false}`,
    JSON.stringify(good),
    "",
  ])
    assert.equal(await verifies({ clientData }), false, clientData);
});

test("attack: a second spelling of a good assertion", async () => {
  const good = Buffer.from(await ann.sign(message)).toString();
  const members = JSON.parse(good) as Record<"authenticatorData" | "clientDataJSON" | "signature", string>;
  const counts = (text: string): boolean => verifySignature(ann.key, message, hex(Buffer.from(text)));
  assert.equal(counts(good), true);
  const loose = (text: string): string => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? "A") | 1]; // bits that are no part of any byte
  };
  for (const text of [
    JSON.stringify(members, null, 1),
    JSON.stringify(Object.fromEntries(Object.entries(members).reverse())),
    JSON.stringify({ ...members, userHandle: "YW5u" }),
    JSON.stringify({ ...members, clientDataJSON: `${members.clientDataJSON}=` }),
    JSON.stringify({ ...members, authenticatorData: loose(members.authenticatorData) }),
    good.replace("authenticatorData", "\\u0061uthenticatorData"),
    `${good}\n`,
  ])
    assert.equal(counts(text), false, text);
});

test("an assertion has a size, and one byte more is refused", async () => {
  const of = async (length: number): Promise<Uint8Array> => ann.sign(message, { more: `,"x":"${"x".repeat(length)}"` });
  let fits = 0;
  while ((await of(fits + 1)).length <= defaultLimits.assertionBytes - 8) fits++;
  assert.equal(verifySignature(ann.key, message, hex(await of(fits))), true);
  assert.equal(verifySignature(ann.key, message, hex(await of(fits + 32))), false);
});

test("property: an assertion with any bit flipped, in any part, counts for nothing", async () => {
  const good = Buffer.from(await ann.sign(message));
  const parts = JSON.parse(good.toString()) as Record<"authenticatorData" | "clientDataJSON" | "signature", string>;
  const bytes = {
    authenticatorData: Buffer.from(parts.authenticatorData, "base64url"),
    clientDataJSON: Buffer.from(parts.clientDataJSON, "base64url"),
    signature: Buffer.from(parts.signature, "base64url"),
  };
  assert.deepEqual(Buffer.from(assertionBytes(bytes)), good);
  for (const name of ["authenticatorData", "clientDataJSON", "signature"] as const)
    for (let bit = 0; bit < 8 * bytes[name].length; bit++) {
      const flipped = { ...bytes, [name]: withFlipped(bytes[name], bit) };
      assert.equal(verifySignature(ann.key, message, hex(assertionBytes(flipped))), false, `${name}, bit ${bit}`);
    }
  for (let bit = 0; bit < 8 * good.length; bit++)
    assert.equal(verifySignature(ann.key, message, hex(withFlipped(good, bit))), false, `bit ${bit}`);
});

function withFlipped(bytes: Buffer, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return flipped;
}

test("property: whatever bytes stand for a signature, nothing verifies and nothing throws", () => {
  const form = fc.record({ authenticatorData: fc.base64String(), clientDataJSON: fc.base64String(), signature: fc.base64String() });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    form.map((each) => Buffer.from(JSON.stringify(each))),
  );
  fc.assert(fc.property(bytes, (given) => !verifySignature(ann.key, message, hex(given))));
});

test("property: one who has no passkey gets nothing counted, whatever an honest browser is made to say", async () => {
  const eve = passkeyPerson("eve");
  const change = fc.record({ origin: fc.webUrl(), flags: fc.nat(255), counter: fc.nat(), challenge: fc.base64String(), rpId: fc.domain() });
  await fc.assert(fc.asyncProperty(change, async (said) => !verifySignature(ann.key, message, hex(await eve.sign(message, said)))));
  await fc.assert(
    fc.asyncProperty(change, async (said) => {
      const honest = said.origin === pageOrigin && said.rpId === "localhost";
      return honest || !verifySignature(ann.key, message, hex(await ann.sign(message, said)));
    }),
  );
});

test("the counter is read from an assertion, and from nothing else", async () => {
  assert.equal(passkeyCounter(hex(await ann.sign(message, { counter: 7 }))), 7);
  assert.equal(passkeyCounter(hex(await ann.sign(message, { counter: 0xffffffff }))), 0xffffffff);
  for (const sig of ["", "00", "zz", hex(Buffer.from("{}")), "ab".repeat(64)]) assert.equal(passkeyCounter(sig), undefined, sig);
});

test("a passkey is for one page on its owner's own machine", () => {
  const reads = (keyval: object): boolean => decode(holderKey, { ...ann.key, keyval: { ...ann.key.keyval, ...keyval } }, "key").ok;
  assert.equal(reads({}), true);
  for (const origin of ["http://localhost:1", "http://localhost:65535", "http://localhost:8443"])
    assert.equal(reads({ origin }), true, origin);
  for (const origin of [
    "http://localhost",
    "http://localhost:80",
    "http://localhost:0",
    "http://localhost:65536",
    "http://localhost:07391",
    "http://localhost:7391/",
    "https://localhost:7391",
    "http://localhost.evil.example:7391",
    "http://127.0.0.1:7391",
    "https://approve.example",
    "*",
    "",
  ])
    assert.equal(reads({ origin }), false, origin);
  for (const rpId of ["", "example", "LOCALHOST", "evil.example"]) assert.equal(reads({ rpId }), false, rpId);
  assert.equal(reads({ public: ann.key.keyval.public.trimEnd() }), false, "a second spelling");
  assert.equal(reads({ public: "" }), false);
  assert.equal(reads({ user: "ann" }), false, "a member that is not specified");
  assert.equal(decode(holderKey, { ...ann.key, scheme: "webauthn-eddsa" }, "key").ok, false);
});

test("attack: a passkey as a key of metadata, of a channel's file or of a sidecar", () => {
  assert.equal(decode(publicKey, ann.key, "key").ok, false);
  assert.equal(decode(sidecarKey, ann.key, "key").ok, false);
  const role = { name: "stable", keyids: [ann.keyid], threshold: 1, terminating: true, paths: ["stable/*/*/*"] };
  assert.equal(decode(targets, targetsOf({}, { delegations: { keys: { [ann.keyid]: ann.key }, roles: [role] } }), "targets").ok, false);
});

test("its identifier is the digest of key, relying party and page", () => {
  const other = passkeyPerson("ann", "http://localhost:7392");
  assert.notEqual(other.keyid, ann.keyid);
  assert.equal(ann.keyid, keyidOf(structuredClone(ann.key)));
});
