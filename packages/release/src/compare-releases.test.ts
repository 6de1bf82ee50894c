// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtempDisposable, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { contentsOf } from "@countersign/drift/contents";
import { measuredRates } from "@countersign/drift/measured-rates";
import { packDirectory } from "@countersign/repository/pack";
import { sha256 } from "@countersign/trust/digest";
import type { Statement } from "@countersign/trust/release/statement";
import { compareReleases, driftOf } from "./compare-releases.ts";
import { startRegistry } from "./registry.test-support.ts";

const contents = await contentsOf([]);
const provenance = ["one", "two"].map((builder) => sha256(Buffer.from(builder)));

function signals(before: number, after: number): readonly string[] {
  const statement = (version: string, builders: number) =>
    ({ version, privileges: [], provenance: provenance.slice(0, builders) }) as unknown as Statement; // no more of it is looked at
  const drift = driftOf(
    statement("1.0.0", before),
    statement("1.0.1", after),
    { before: contents, after: contents },
    { before: {}, after: {} },
    measuredRates,
  );
  return drift.sightings.map(({ signal }) => signal);
}

test("a release for which fewer builders vouch than for the one before it is named, before anybody approves it", () => {
  assert.deepEqual(signals(2, 1), ["origin-downgraded"]);
  assert.deepEqual(signals(1, 0), ["origin-downgraded"]);
  assert.deepEqual([...signals(1, 1), ...signals(1, 2)], []);
});

/** A release of an application with these dependencies, its bytes in a store. */
async function released(store: string, version: string, dependencies: Readonly<Record<string, string>>): Promise<Statement> {
  const tree = join(store, version);
  await mkdir(tree);
  await writeFile(join(tree, "package.json"), JSON.stringify({ name: "hello", version, dependencies }));
  await writeFile(
    join(tree, "index.js"),
    Object.keys(dependencies)
      .map((name) => `require("${name}");\n`)
      .join(""),
  );
  const packed = await packDirectory(tree, `${tree}.archive`);
  assert.ok(packed.ok);
  await mkdir(join(store, "artifacts"), { recursive: true });
  await rename(`${tree}.archive`, join(store, "artifacts", packed.value.sha256));
  const artifacts = [{ platform: "linux-x64", name: "hello", ...packed.value }];
  return { version, privileges: [], provenance: [], artifacts } as unknown as Statement; // no more of it is looked at
}

test("a registry says how old a new dependency is, by the time at which the release was public; nobody is asked where none is named", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-compare-"));
  const [before, after] = [await released(scratch.path, "1.0.0", {}), await released(scratch.path, "1.0.1", { "new-one": "^1.0.0" })];
  await using registry = await startRegistry({ "/new-one": { "1.0.0": "2026-03-30T06:00:00Z" } });
  const compared = async (url: string | undefined, publicSince: string, run: string) => {
    const directory = join(scratch.path, run);
    await mkdir(directory);
    const bytes = {
      store: pathToFileURL(scratch.path).href,
      limits: { connectSeconds: 5, idleSeconds: 5, totalSeconds: 60, minimumBytesPerSecond: 1 },
      directory,
    };
    const known = { before: {}, after: { time: Date.parse(publicSince) / 1000 } };
    const { outcome } = await compareReleases(before, after, bytes, { rates: measuredRates, registry: url }, known);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const [drift] = outcome.value.drift;
    return { young: drift?.sightings.find(({ signal }) => signal === "dependency-young")?.evidence[0]?.text, unaged: drift?.unaged };
  };
  assert.deepEqual(await compared(registry.url, "2026-03-31T00:00:00Z", "young"), { young: "new-one, 18 hours old", unaged: [] });
  assert.deepEqual(await compared(registry.url, "2026-04-30T00:00:00Z", "old"), { young: undefined, unaged: [] });
  const early = await compared(registry.url, "2026-03-30T00:00:00Z", "early");
  assert.match(early.unaged?.[0] ?? "", /^new-one: expected a version of new-one in \^1\.0\.0 that was there by then/);
  const { length } = registry.asked;
  assert.deepEqual(await compared(undefined, "2026-03-31T00:00:00Z", "unasked"), { young: undefined, unaged: [] });
  assert.equal(registry.asked.length, length);
});
