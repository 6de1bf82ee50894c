// SPDX-License-Identifier: Apache-2.0
// What it takes to misuse a channel of each plan, by the documents that founding it signs and the keys that it makes.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type BlastRadius, blastRadius, smallestOf } from "@countersign/inventory/blast-radius";
import type { View } from "@countersign/inventory/view";
import { directoryStore } from "@countersign/repository/directory-store";
import { readFrom } from "@countersign/repository/read-from";
import { root } from "@countersign/trust/anchor/root";
import { targets } from "@countersign/trust/anchor/targets";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import { nextPolicy, policyChecks } from "@countersign/trust/workflow/policy";
import { foundWorld } from "@countersign/world/found";
import type { Plan } from "@countersign/world/plan";
import { ladder } from "@countersign/world/plans/ladder";
import { anchorFile, storeDirectory } from "@countersign/world/project";
import { setsOfOne } from "@countersign/world/sets-of-one";
import { keyRecords, serviceRecords } from "../key-records.ts";

const base = await mkdtemp(join(tmpdir(), "cli-radius-"));
after(() => rm(base, { recursive: true }));

const owners = ["ann", "ben", "cem", "dia", "eva", "fay", "gil"];

function must<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.value;
}

/** Founds the plan of a rung with no more than it takes, and asks what it would take. */
async function radiusOf(name: string): Promise<{ readonly plan: Plan; readonly radius: BlastRadius }> {
  const rung = ladder.find((each) => each.name === name);
  assert.ok(rung !== undefined);
  const plan = rung.plan("hello", "stable", { owners: owners.slice(0, rung.owners), builders: rung.builders });
  const project = must(await foundWorld(join(base, name), plan));
  const read = readFrom(directoryStore(storeDirectory(project)));
  const { signed: top } = must(readEnvelope(root, await readFile(anchorFile(project)), "root"));
  const bytes = must(await read("metadata/1.targets.json", 1_000_000)) as Uint8Array;
  const listed: Envelope<ReturnType<typeof targets>> = must(readEnvelope(targets, bytes, "targets"));
  const { policy } = must((await nextPolicy(listed.signed, undefined, read, policyChecks)).outcome);
  const known = { keys: await keyRecords(project), services: serviceRecords(project), register: [], acts: [] };
  return { plan, radius: must(blastRadius({ root: top, targets: listed.signed, policy }, known, "stable")) };
}

type Sizes = readonly [key: number | null, identity: number | null, person: number | null];

function sizes({ reaches }: BlastRadius, way: string): Sizes {
  const size = (view: View): number | null =>
    smallestOf(reaches.filter((reach) => reach.goal === "install" && reach.way === way && reach.view === view));
  return [size("key"), size("identity"), size("person")];
}

/** That init, which looks at the plan alone, says the same of people. */
function agrees(plan: Plan, { reaches }: BlastRadius): void {
  const alone = (...ways: readonly string[]): readonly string[] =>
    [
      ...new Set(
        reaches
          .filter(({ goal, view, way }) => goal === "install" && view === "person" && ways.includes(way))
          .flatMap(({ sets }) => sets.flatMap(({ elements }) => (elements.length === 1 ? (elements[0]?.name ?? []) : []))),
      ),
    ].sort();
  const said = (kind: string, can: RegExp): readonly string[] =>
    setsOfOne(plan)
      .filter((each) => each.kind === kind && can.test(each.can))
      .map(({ who }) => who)
      .filter((who) => who !== "this machine")
      .sort();
  const ship = alone("release");
  assert.deepEqual(said("ship", /anything/), ship);
  assert.deepEqual(
    said("trust", /what is trusted/).filter((who) => !ship.includes(who)),
    alone("targets", "root").filter((who) => !ship.includes(who)),
  );
  assert.deepEqual(
    said("mislead", /into a build/).filter((who) => !ship.includes(who)),
    alone("build").filter((who) => !ship.includes(who)),
  );
}

interface Expected {
  readonly release: Sizes;
  readonly build: Sizes;
  readonly targets: Sizes;
  readonly root: Sizes;
}

const expected: Readonly<Record<string, Expected>> = {
  solo: { release: [3, 3, 1], build: [1, 1, 1], targets: [1, 1, 1], root: [1, 1, 1] },
  pair: { release: [3, 3, 2], build: [1, 1, 1], targets: [2, 2, 2], root: [2, 2, 2] },
  app: { release: [3, 3, 2], build: [1, 1, 1], targets: [2, 2, 2], root: [2, 2, 2] },
  agent: { release: [5, 5, 3], build: [2, 2, 2], targets: [2, 2, 2], root: [2, 2, 2] },
  firmware: { release: [5, 5, 3], build: [2, 2, 2], targets: [3, 3, 3], root: [3, 3, 3] },
};

for (const [name, ways] of Object.entries(expected))
  test(`${name}: the smallest sets that put code on devices, by key, identity and person`, async (context) => {
    const { plan, radius } = await radiusOf(name);
    const found = Object.fromEntries(Object.keys(ways).map((way) => [way, sizes(radius, way)]));
    context.diagnostic(
      Object.entries(found)
        .map(([way, size]) => `${way} ${size.join("/")}`)
        .join(", "),
    );
    assert.deepEqual(found, ways);
    for (const { goal, way, view, upTo } of radius.reaches)
      assert.ok(
        upTo === null || (goal === "hide" && upTo >= 7),
        `${goal} ${way} by ${view} is computed whole, or of hiding all sets of seven`,
      );
    for (const view of ["machine", "custody"] as const)
      assert.equal(
        smallestOf(radius.reaches.filter((reach) => reach.goal === "install" && reach.view === view)),
        1,
        "every key is a file on this machine",
      );
    agrees(plan, radius);
  });
