// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../decode.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";
import { codeOf, must } from "../simulator.test-support.ts";
import { type Agreement, consult, mapFile, type Said } from "./map-file.ts";
import { targetOf } from "./repository.test-support.ts";

const repositories = {
  ours: ["https://ours.example/"],
  theirs: ["https://theirs.example/", "https://mirror.example/"],
  third: ["https://third.example/"],
};
const both = { paths: ["ours/*"], repositories: ["ours", "theirs"], threshold: 2, terminating: true };
const rest = { paths: ["*", "*/*"], repositories: ["third"] };
const accepts = (value: object) => decode(mapFile, { repositories, mapping: [both], ...value }, "map").ok;

/** What comes of a path when the repositories say this, and who was asked. */
function ask(
  mapping: readonly object[],
  path: string,
  says: Readonly<Record<string, Said>>,
): { outcome: Outcome<Agreement>; asked: string[] } {
  const asking = consult(must(decode(mapFile, { repositories, mapping }, "map")), path);
  const asked: string[] = [];
  let next = asking.next();
  while (!next.done) {
    asked.push(next.value);
    next = asking.next(says[next.value] ?? accept(undefined));
  }
  return { outcome: next.value, asked };
}

const x = accept(targetOf("x"));
const y = accept(targetOf("y"));
const down: Said = refuse("unreachable", "", "", "");

test("a map file that could not be followed is none", () => {
  assert.equal(accepts({}), true);
  assert.equal(accepts({ mapping: [rest], x_more: 1 }), true);
  for (const change of [
    { threshold: 3 },
    { threshold: 0 },
    { repositories: [] },
    { repositories: ["ours", "ours"] },
    { repositories: ["ours", "unknown"] },
    { repositories: ["ours", "constructor"] },
    { paths: [] },
  ])
    assert.equal(accepts({ mapping: [{ ...both, ...change }] }), false, JSON.stringify(change));
  assert.equal(accepts({ repositories: { ...repositories, ours: [] } }), false);
});

test("a target needs a threshold of repositories that say the same, and no more are asked", () => {
  const agreed = ask([both, rest], "ours/file", { ours: x, theirs: x });
  assert.deepEqual(must(agreed.outcome), { target: targetOf("x"), repositories: ["ours", "theirs"] });
  const two = { paths: ["*"], repositories: ["ours", "theirs", "third"], threshold: 2 };
  assert.deepEqual(ask([two], "file", { ours: x, theirs: x, third: x }).asked, ["ours", "theirs"]);
  assert.deepEqual(must(ask([two], "file", { ours: y, theirs: x, third: x }).outcome).repositories, ["theirs", "third"]);
});

test("attack: one of two repositories lists other bytes, another length, or nothing", () => {
  const custom = accept({ ...targetOf("x"), custom: { own: "business" } });
  assert.equal(codeOf(ask([both], "ours/file", { ours: x, theirs: custom }).outcome), "accepted");
  const sha512 = (digest: string) => accept({ ...targetOf("x"), hashes: { ...targetOf("x").hashes, sha512: digest.repeat(128) } });
  assert.equal(codeOf(ask([both], "ours/file", { ours: sha512("a"), theirs: sha512("a") }).outcome), "accepted");
  assert.equal(codeOf(ask([both], "ours/file", { ours: sha512("a"), theirs: sha512("b") }).outcome), "repositories-disagree");
  for (const theirs of [y, accept({ ...targetOf("x"), length: 2 }), accept(undefined)])
    assert.equal(codeOf(ask([both, rest], "ours/file", { ours: x, theirs, third: x }).outcome), "repositories-disagree");
});

test("a mapping that is not terminating leaves the path to those after it; a terminating one does not", () => {
  const open = { ...both, terminating: false };
  assert.deepEqual(must(ask([open, rest], "ours/file", { third: x }).outcome).repositories, ["third"]);
  assert.equal(codeOf(ask([both, rest], "ours/file", { third: x }).outcome), "repositories-disagree");
  assert.deepEqual(must(ask([both, rest], "other", { third: x }).outcome).repositories, ["third"]);
  assert.equal(codeOf(ask([both], "other", { ours: x, theirs: x }).outcome), "no-such-target");
  assert.deepEqual(
    ask([open, { ...rest, repositories: ["ours", "third"] }], "ours/file", {}).asked,
    ["ours", "theirs", "third"],
    "each once",
  );
});

test("attack: whoever keeps a client from one repository does not choose the one that answers", () => {
  const open = { ...both, terminating: false, threshold: 1 };
  assert.equal(codeOf(ask([open, rest], "ours/file", { ours: down, third: y }).outcome), "unreachable");
  assert.equal(codeOf(ask([both], "ours/file", { ours: down, theirs: x }).outcome), "unreachable");
  const strict = { ...both, terminating: false };
  assert.deepEqual(
    must(ask([strict, rest], "ours/file", { ours: down, third: y }).outcome).repositories,
    ["third"],
    "its voice alone was not enough",
  );
});
