// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { must } from "../simulator.test-support.ts";
import { authorityOf, binOf, delegatedRoles, delegations } from "./delegation.ts";
import { testKey } from "./repository.test-support.ts";

const { keyid, key } = testKey("a");
const keys = { [keyid]: key };
const role = { name: "a", keyids: [keyid], threshold: 1, terminating: false, paths: ["a/*"] };
const bins = { keyids: [keyid], threshold: 1, bit_length: 5, name_prefix: "bin" };
const accepts = (value: object) => decode(delegations, { keys, ...value }, "delegations").ok;
const rolesOf = (value: object, path: string) =>
  [...delegatedRoles(must(decode(delegations, { keys, ...value }, "it")), path)].map((each) => each.role);

test("what is optional may be missing, what is unknown may be there, and a key that nobody can use is no reason to refuse", () => {
  assert.equal(accepts({ roles: [] }), true);
  assert.equal(accepts({ roles: [{ ...role, x_more: 1 }], x_more: 1 }), true);
  assert.equal(accepts({ roles: [{ ...role, terminating: undefined }] }), true);
  assert.equal(accepts({ roles: [{ ...role, threshold: 7 }] }), true, "nobody can sign it, which is the delegator's to mend");
  assert.equal(accepts({ roles: [{ ...role, keyids: ["no such key"] }] }), true);
  assert.equal(accepts({ keys: { other: { keytype: "x", scheme: "y", keyval: { public: "z" } } }, roles: [role] }), true);
  assert.equal(accepts({ succinct_roles: bins }), true);
  for (const name of ["?", "#", "/a", "../a", "a b", "ü", "Root", "targets.json"])
    assert.equal(accepts({ roles: [{ ...role, name }] }), true);
});

test("attack: delegations that two readers could take differently", () => {
  for (const change of [
    {},
    { roles: [role], succinct_roles: bins },
    { roles: [role, role] },
    { roles: [{ ...role, path_hash_prefixes: ["ab"] }] },
    { roles: [{ ...role, paths: undefined }] },
    { roles: [{ ...role, paths: undefined, path_hash_prefixes: ["AB"] }] },
    { roles: [{ ...role, paths: undefined, path_hash_prefixes: [""] }] },
    { roles: [{ ...role, paths: ["x".repeat(1025)] }] },
    { roles: [{ ...role, keyids: [keyid, keyid] }] },
    { roles: [{ ...role, threshold: 0 }] },
    { roles: [{ ...role, threshold: 1.5 }] },
    { roles: [{ ...role, terminating: 1 }] },
    ...["root", "timestamp", "snapshot", "targets", "", "\ud800"].map((name) => ({ roles: [{ ...role, name }] })),
    ...[0, 33, -1, 1.5].map((bit_length) => ({ succinct_roles: { ...bins, bit_length } })),
    { succinct_roles: { ...bins, name_prefix: "" } },
    { roles: [role], keys: Object.fromEntries(Array.from({ length: 1025 }, (_, index) => [`${index}`, key])) },
  ])
    assert.equal(accepts(change), false, JSON.stringify(change));
});

test("attack: so many patterns that take long to match that a lookup never ends", () => {
  const patterns = (count: number) => Array.from({ length: count }, (_, at) => `*${"a".repeat(1018)}${at + 10_000}`);
  const roles = (count: number) => [
    { ...role, paths: patterns(count) },
    { ...role, name: "b", paths: patterns(512) },
  ];
  assert.equal(accepts({ roles: roles(512) }), true);
  assert.equal(accepts({ roles: roles(513) }), false);
});

test("roles are asked in the order in which they stand, those that cover the path, up to a terminating one", () => {
  const named = (name: string, change: object = {}) => ({ ...role, name, ...change });
  const roles = [named("one"), named("other", { paths: ["b/*"] }), named("two"), named("last", { terminating: true }), named("never")];
  assert.deepEqual(rolesOf({ roles }, "a/x"), ["one", "two", "last"]);
  assert.deepEqual(rolesOf({ roles }, "b/x"), ["other"]);
  assert.deepEqual(rolesOf({ roles }, "c"), []);
  assert.deepEqual(rolesOf({ roles: [named("x", { paths: [] }), named("y", { paths: undefined, path_hash_prefixes: [] })] }, "a/x"), []);
});

test("hash prefixes are of the path's SHA-256 (4.5)", () => {
  const digest = sha256(Buffer.from("dir/é.txt"));
  const prefixed = (...path_hash_prefixes: readonly string[]) => ({ roles: [{ ...role, paths: undefined, path_hash_prefixes }] });
  assert.deepEqual(rolesOf(prefixed(digest.slice(0, 3)), "dir/é.txt"), ["a"]);
  assert.deepEqual(rolesOf(prefixed(digest), "dir/é.txt"), ["a"]);
  assert.deepEqual(rolesOf(prefixed(digest.slice(1, 5)), "dir/é.txt"), []);
});

test("a hash bin is named by the first bits of the path's SHA-256, in as many digits as the last one needs (TAP 15)", () => {
  const first = Number.parseInt(sha256(Buffer.from("file.txt")).slice(0, 8), 16);
  for (const [bit_length, digits] of [
    [1, 1],
    [4, 1],
    [5, 2],
    [8, 2],
    [14, 4],
    [32, 8],
  ] as const) {
    const name = binOf({ bit_length, name_prefix: "bin" }, "file.txt");
    assert.match(name, new RegExp(`^bin-[0-9a-f]{${digits}}$`));
    assert.equal(Number.parseInt(name.slice(4), 16), Math.floor(first / 2 ** (32 - bit_length)));
  }
  assert.deepEqual(rolesOf({ succinct_roles: bins }, "file.txt"), [binOf(bins, "file.txt")]);
});

test("attack: a role that takes a bin's name without being one", () => {
  const succinct = must(decode(delegations, { keys, succinct_roles: bins }, "it"));
  for (const name of ["bin-00", "bin-1f"]) assert.ok(authorityOf(succinct, name));
  for (const name of ["bin-20", "bin-1F", "bin-1", "bin-001", "bin-", "bin", "cab-00", "bin-0x", "bin- 1", "constructor"])
    assert.equal(authorityOf(succinct, name), undefined, name);
  const listed = must(decode(delegations, { keys, roles: [role] }, "it"));
  assert.deepEqual(authorityOf(listed, "a")?.keyids, [keyid]);
  assert.equal(authorityOf(listed, "b"), undefined);
});
