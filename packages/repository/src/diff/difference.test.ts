// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes, type Json } from "@countersign/trust/canonical";
import type { Head } from "@countersign/trust/release/head";
import { headPath, nextChannel } from "../next-channel.ts";
import { nextHead } from "../next-head.ts";
import { place, releaseEntry } from "../sample-entries.test-support.ts";
import { differencesOf, linesOf } from "./difference.ts";
import { ann, ben, cem, common, key, root } from "./sample-root.test-support.ts";
import { differencesText } from "./text.ts";

const file = (digit: string, length: number) => ({ length, hashes: { sha256: digit.repeat(64) } });
const targets = {
  ...common,
  _type: "targets",
  version: 1,
  "x-note": { deep: [1, { er: 2 }] },
  targets: { "policy.json": file("1", 10), "a/b": { ...file("2", 20), custom: { x: 1 } } },
  delegations: {
    keys: { [cem]: key("33") },
    roles: [
      { name: "stable", keyids: [cem], threshold: 1, terminating: true, paths: ["stable/*/*/*"] },
      { name: "beta", keyids: [cem], threshold: 1, terminating: true, path_hash_prefixes: ["0a"] },
    ],
  },
};
const snapshot = {
  ...common,
  _type: "snapshot",
  version: 7,
  meta: { "targets.json": { version: 1 }, "stable.json": { version: 4, length: 10 } },
};
const timestamp = {
  ...common,
  _type: "timestamp",
  version: 9,
  meta: { "snapshot.json": { version: 7 } },
  countersign: { checkpoint: "log\n1\nroot\n" },
};

const text = (before: Json | undefined, after: Json) =>
  differencesText(differencesOf(before === undefined ? undefined : canonicalBytes(before), canonicalBytes(after)));

test("a root that replaces a key, asks more of targets and names another log says so, and nothing else", () => {
  const next = {
    ...root,
    version: 4,
    keys: { [ann]: key("11"), [cem]: key("33") },
    roles: { ...root.roles, root: { keyids: [ann, cem], threshold: 2 }, targets: { keyids: [ann, cem], threshold: 2 } },
    countersign: { ...root.countersign, owners: { [ann]: "ann", [cem]: "cem" }, log: { origin: "log.two", vkey: "v2" } },
  };
  assert.equal(
    text(root, next),
    `- key of root: ${ben}: keytype ed25519, scheme ed25519, public 22, owner ben
+ key of root: ${cem}: keytype ed25519, scheme ed25519, public 33, owner cem
+ key of targets: ${cem}: keytype ed25519, scheme ed25519, public 33, owner cem
~ the log: origin log.example, vkey v → origin log.two, vkey v2
~ threshold of targets: 1 → 2
~ version: 3 → 4
`,
  );
});

test("a targets file says which delegation changes, in which order they stand, and what the policy that it lists changes", () => {
  const { delegations } = targets;
  const [stable, beta] = delegations.roles;
  const next = {
    ...targets,
    version: 2,
    delegations: { ...delegations, roles: [beta, { ...stable, paths: ["stable/*/*/*", "x/*"] }] },
  } as Json;
  const [before, after] = [canonicalBytes(targets), canonicalBytes(next)];
  const differences = differencesOf(before, after, { before: { policy: { approvals: 2 } }, after: { policy: { approvals: 1 } } });
  assert.deepEqual(differences, [
    { kind: "changed", subject: "order of delegations", before: ["stable", "beta"], after: ["beta", "stable"] },
    { kind: "changed", subject: "paths of role stable", before: ["stable/*/*/*"], after: ["stable/*/*/*", "x/*"] },
    { kind: "changed", subject: "the policy › approvals", before: 2, after: 1 },
    { kind: "changed", subject: "version", before: 1, after: 2 },
  ]);
});

test("a channel file says which releases and orders come and go with it, where its heads are at hand", () => {
  const [one, two] = [
    nextHead(undefined, place, releaseEntry(1)),
    nextHead(nextHead(undefined, place, releaseEntry(1)), place, releaseEntry(2)),
  ];
  const [before, after] = [one, two].map((head, index) =>
    nextChannel(undefined, new Map([[headPath(place), head]]), `203${index}-01-01T00:00:00Z`),
  );
  assert.ok(before && after);
  const heads = (head: Head) => ({ heads: new Map([[headPath(place), head]]) });
  const differences = differencesOf(canonicalBytes(before), canonicalBytes(after), { before: heads(one), after: heads(two) });
  assert.deepEqual(
    differences.map(({ kind, subject }) => `${kind} ${subject}`),
    [
      "changed expires",
      "added release 2 in stable/hello/linux-x64/head.json",
      "changed target: stable/hello/linux-x64/head.json",
      "added target: stable/hello/linux-x64/hello-2-linux-x64.tar.zst",
    ],
  );
});

test("attack: a document that would write over what a signer has read", () => {
  const next = { ...snapshot, "x\u001b[2K\r": "\u202egnihton\n~ version: 7 → 7" };
  const shown = text(snapshot, next);
  assert.equal(shown.split("\n").length, 2, "one line");
  assert.ok(!["\u001b", "\r", "\u202e"].some((hidden) => shown.includes(hidden)));
});

/** Every way to change one value, add one or take one away. */
function mutations(value: Json): readonly Json[] {
  if (Array.isArray(value))
    return [
      [...value, "new"],
      ...(value.length > 1 ? [value.toReversed()] : []),
      Object.fromEntries(value.map((item, at) => [at, item])),
      ...value.flatMap((item, at) => [value.toSpliced(at, 1), ...mutations(item).map((next) => value.with(at, next))]),
    ];
  if (typeof value === "object" && value !== null)
    return [
      { ...value, new: 1 },
      ...Object.entries(value).flatMap(([name, item]): readonly Json[] => {
        const { [name]: _, ...without } = value as Readonly<Record<string, Json>>;
        return [without, ...mutations(item).map((next) => ({ ...value, [name]: next }))];
      }),
    ];
  return [typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${value} `];
}

const documents: readonly Json[] = [root, targets, snapshot, timestamp, { _type: "release", artifacts: [{ a: 1 }], empty: {} }];

test("attack: a member that nobody knows, under the name that something else is shown by", () => {
  const moved = { ...root, countersign: { ...root.countersign, log: { origin: "log.evil", vkey: "v" } } };
  for (const decoy of [{ log: root.countersign.log }, { "the log": root.countersign.log }, { countersign: root.countersign }])
    assert.match(text({ ...root, ...decoy }, { ...decoy, ...moved }), /log\.evil/, JSON.stringify(decoy));
  const policy = { approvals: 1 };
  const besides = (approvals: number) => ({ policy: { approvals } });
  const both = differencesOf(canonicalBytes({ ...targets, policy }), canonicalBytes({ ...targets, policy: { approvals: 0 } }), {
    before: besides(2),
    after: besides(2),
  });
  assert.deepEqual(
    both.map(({ subject }) => subject),
    ["policy › approvals"],
  );
});

test("nothing changes without a difference, and nothing differs without a change", () => {
  for (const document of documents) {
    assert.deepEqual(differencesOf(canonicalBytes(document), canonicalBytes(document)), []);
    for (const next of mutations(document)) assert.notEqual(text(document, next), "", JSON.stringify(next));
  }
});

test("no two documents say the same, however they were changed: the lines of one are all of it", () => {
  for (const document of documents) {
    const shown = new Map<string, string>();
    for (const changed of [document, ...mutations(document).flatMap((once) => [once, ...mutations(once)])]) {
      const bytes = canonicalBytes(changed);
      const lines = JSON.stringify([...linesOf(bytes)]);
      const text = Buffer.from(bytes).toString();
      assert.equal(text, shown.get(lines) ?? text);
      shown.set(lines, text);
    }
  }
});
