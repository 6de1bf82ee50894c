// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { root } from "./anchor/root.ts";
import { targets } from "./anchor/targets.ts";
import { timestamp } from "./anchor/timestamp.ts";
import { buildCertificate } from "./build/certificate.ts";
import { certificateOf, policyTrusting } from "./build/certified.test-support.ts";
import { canonicalText, type Json } from "./canonical.ts";
import { type Decoder, decode } from "./decode.ts";
import { expires, people, policyOf, rootOf, spec_version, targetsOf } from "./founding.test-support.ts";
import { policy } from "./policy/policy.ts";
import { approval } from "./release/approval.ts";
import { head, headDocument } from "./release/head.ts";
import { order } from "./release/order.ts";
import { statement } from "./release/statement.ts";
import { type Denial, denial, revocationList } from "./revocation/list.ts";
import { digestOf, entryOf, orderOf, say, statementOf } from "./simulator.test-support.ts";

const no: Denial = { kind: "release", name: digestOf("x"), since: 1, until: null, reason: "a test" };
const voice = await say(people.carol, "propose", "release", digestOf("any"));
const place = { _type: "head", spec: "countersign/1", product: "hello", platform: "linux-x64", channel: "stable" } as const;
const releases = [await entryOf(statementOf(), [voice])];
const orders = [await entryOf(orderOf({ action: "lift", to: null, denials: [digestOf("x")] }), [voice])];
const list = {
  _type: "revocations",
  spec: "countersign/1",
  revoker: "security",
  version: 1,
  checkpoint: "",
  seen: { a: 1 },
  denials: [no],
};

const file = { length: 1, hashes: { sha256: digestOf("x") } };
const meta = { "snapshot.json": { version: 1, ...file } };
const dated = { _type: "timestamp", spec_version, version: 1, expires, meta, countersign: { checkpoint: "" } };

/** A document, its reader, and how what was read is written again. */
interface Kind<T> {
  readonly decoder: Decoder<T>;
  readonly valid: unknown;
  written(read: T): Json;
}

function kind<T>(decoder: Decoder<T>, valid: unknown, written: (read: T) => Json = (read) => read as Json): Kind<unknown> {
  return { decoder, valid, written: written as (read: unknown) => Json };
}

const kinds: Readonly<Record<string, Kind<unknown>>> = {
  statement: kind(statement, statementOf()),
  order: kind(order, orderOf()),
  approval: kind(approval, voice.signed),
  head: kind(head, headDocument({ ...place, releases, orders }), headDocument),
  policy: kind(policy, policyOf()),
  "policy with an issuer": kind(policy, policyTrusting()),
  certificate: kind(buildCertificate, certificateOf()),
  denial: kind(denial, no),
  list: kind(revocationList, list),
};

/** Every place in a document, as the names and indexes that lead to it. */
function places(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => places(item, [...at, key]))];
}

/** The document with something else at a place; without it, where that is undefined. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.flatMap((item, index) => (String(index) === key ? (changed(item, rest, to) ?? []) : [item]));
  return Object.fromEntries(
    Object.entries({ ...(value as object) })
      .map(([name, item]) => [name, name === key ? changed(item, rest, to) : item] as const)
      .filter(([, item]) => item !== undefined),
  );
}

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.string(),
  fc.constantFrom("..", "constructor"),
);
const anything = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.string(), scalar, { maxKeys: 3 }));

for (const [name, { decoder, valid, written }] of Object.entries(kinds)) {
  const whole = JSON.parse(JSON.stringify(valid)) as Json;

  test(`${name}: whatever is changed in a valid one, it is refused or read whole, and nothing throws`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...places(whole)), fc.option(anything, { nil: undefined }), (place, to) => {
        const given = changed(whole, place, to);
        const read = decode(decoder, given, name);
        if (read.ok) assert.equal(canonicalText(written(read.value)), canonicalText(given as Json));
      }),
      { numRuns: 400 },
    );
  });

  test(`attack: ${name}: a member more, in any object of it that is not free by design`, () => {
    assert.equal(decode(decoder, whole, name).ok, true);
    for (const place of objects(whole).filter((each) => each.at(-1) !== "parameters"))
      assert.equal(decode(decoder, withMore(whole, place), name).ok, false, place.join("."));
  });
}

/** The objects of a document, as the names and indexes that lead to them. */
function objects(value: Json, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, item]) => objects(item as Json, [...at, key]));
  return Array.isArray(value) ? inside : [at, ...inside];
}

/** The document with a member more in one of its objects; its value is one that no table takes. */
function withMore(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return { ...(value as object), more: null };
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? withMore(item, rest) : item));
  return { ...(value as object), [key]: withMore((value as Readonly<Record<string, unknown>>)[key], rest) };
}

const tufs: Readonly<Record<string, { readonly decoder: Decoder<unknown>; readonly valid: object; readonly ours: RegExp }>> = {
  root: { decoder: root, valid: rootOf(), ours: /^(keys|countersign)(\.|$)/ },
  targets: { decoder: targets, valid: targetsOf({ "policy.json": file }), ours: /^delegations\.keys(\.|$)/ },
  timestamp: { decoder: timestamp, valid: dated, ours: /^countersign$/ },
};

for (const [name, { decoder, valid, ours }] of Object.entries(tufs))
  test(`attack: ${name}: a member more in a key or an extension of ours; what TUF has open stays open`, () => {
    const whole = JSON.parse(JSON.stringify(valid)) as Json;
    assert.equal(decode(decoder, whole, name).ok, true);
    assert.equal(decode(decoder, withMore(whole, []), name).ok, true);
    const own = objects(whole).filter((place) => ours.test(place.join(".")));
    assert.ok(own.length > 0);
    for (const place of own) assert.equal(decode(decoder, withMore(whole, place), name).ok, false, place.join("."));
  });
