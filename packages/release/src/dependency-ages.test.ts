// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { dependencyAges } from "./dependency-ages.ts";
import { startRegistry } from "./registry.test-support.ts";

const at = Date.parse("2026-03-31T00:00:00Z") / 1000;

test("a dependency is as old as the newest version in its range that was there by then", async () => {
  const times = {
    "4.2.0": "2025-01-01T00:00:00Z",
    "4.2.1": "2026-03-30T06:00:00Z",
    "4.2.2": "2026-03-31T00:00:01Z",
    "5.0.0": "2026-03-30T23:00:00Z",
    "4.3.0-rc.1": "2026-03-30T23:00:00Z",
  };
  await using registry = await startRegistry({ "/crypto": times });
  const age = async (range: string) => (await dependencyAges(registry.url, at)(new Map([["crypto", range]]))).hours["crypto"];
  assert.equal(await age("^4.2.0"), 18, "not one of a second later, nor of another range, nor one that is no release");
  assert.equal(await age("4.2.0"), 454 * 24);
  assert.equal(await age("*"), 1);
});

test("a scope is part of the name, and an alias asks for what it stands for", async () => {
  const times = { "1.0.0": "2026-03-30T22:00:00Z" };
  await using registry = await startRegistry({ "/@scope%2fname": times });
  const wanted = new Map([
    ["@scope/name", "^1"],
    ["other", "npm:@scope/name@1.0.0"],
  ]);
  assert.deepEqual(await dependencyAges(registry.url, at)(wanted), { hours: { "@scope/name": 2, other: 2 }, unknown: [] });
});

test("where nobody says how old something is, the others are told all the same, and why", async () => {
  await using registry = await startRegistry({ "/known": { "1.0.0": "2026-03-30T23:00:00Z" }, "/broken": "<html>", "/empty": "{}" });
  const wanted = new Map([
    ["missing", "1.0.0"],
    ["broken", "1.0.0"],
    ["empty", "1.0.0"],
    ["from-git", "git+https://example.com/x.git"],
    ["../../metadata", "1.0.0"],
    ["__proto__", "1.0.0"],
    ["known", "^1.0.0"],
  ]);
  const { hours, unknown } = await dependencyAges(registry.url, at)(wanted);
  assert.deepEqual(hours, { known: 1 });
  assert.deepEqual(
    unknown.map((each) => each.split(":")[0]),
    ["missing", "broken", "empty", "from-git", "../../metadata", "__proto__"],
  );
  assert.ok(!registry.asked.some((path) => path.includes("..")), `a name led the question astray: ${registry.asked}`);
});

test("a registry that does not answer is nobody's fault: nothing is known, and that is said", async () => {
  const { url } = await startRegistry({}).then(async (registry) => {
    await registry[Symbol.asyncDispose]();
    return registry;
  });
  const { hours, unknown } = await dependencyAges(url, at)(new Map([["ms", "^2"]]));
  assert.deepEqual(hours, {});
  assert.match(unknown[0] ?? "", /^ms: .*ECONNREFUSED/);
});

test("fifty are asked about, and of the others it is said that nobody was", async () => {
  await using registry = await startRegistry({});
  const wanted = new Map(Array.from({ length: 52 }, (_, index) => [`package-${index}`, "1.0.0"]));
  const { unknown } = await dependencyAges(registry.url, at)(wanted);
  assert.equal(registry.asked.length, 50);
  assert.deepEqual(
    unknown.slice(-2),
    [50, 51].map((index) => `package-${index}: expected at most 50 new dependencies, found more`),
  );
});

test("what several platforms bring is asked about once", async () => {
  await using registry = await startRegistry({ "/known": { "1.0.0": "2026-03-30T23:00:00Z" } });
  const ages = dependencyAges(registry.url, at);
  const wanted = new Map([
    ["known", "^1.0.0"],
    ["missing", "1.0.0"],
  ]);
  assert.deepEqual(await ages(wanted), await ages(wanted));
  assert.deepEqual(registry.asked, ["/known", "/missing"]);
});
