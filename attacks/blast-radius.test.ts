// SPDX-License-Identifier: Apache-2.0
// What was tried, and what was computed: the table of attacks and the blast radius are two answers to one question.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { channelUnder } from "@countersign/inventory/blast-radius";
import { holds } from "@countersign/inventory/formula";
import type { ChannelUnder, Way } from "@countersign/inventory/way";
import { waysOf } from "@countersign/inventory/ways";
import { directoryStore } from "@countersign/repository/directory-store";
import { readFrom } from "@countersign/repository/read-from";
import { root } from "@countersign/trust/anchor/root";
import { targets } from "@countersign/trust/anchor/targets";
import { readEnvelope } from "@countersign/trust/envelope";
import { nextPolicy, policyChecks } from "@countersign/trust/workflow/policy";
import { foundWorld } from "@countersign/world/found";
import { anchorFile, type Project, storeDirectory } from "@countersign/world/project";
import { attacks } from "./attacks.ts";
import { keyOf, taken } from "./lab/base.ts";
import { labPlan } from "./lab/lab-plan.ts";

const services = ["distribute", "govern"];
const base = await mkdtemp(join(tmpdir(), "attacks-radius-"));
let project: Project;
let ways: readonly Way[];

before(async () => {
  project = taken(await foundWorld(join(base, "project"), labPlan));
  ways = waysOf(await published());
});
after(() => rm(base, { recursive: true }));

async function published(): Promise<ChannelUnder> {
  const read = readFrom(directoryStore(storeDirectory(project)));
  const top = taken(readEnvelope(root, await readFile(anchorFile(project)), "root")).signed;
  const bytes = taken(await read("metadata/1.targets.json", 1_000_000)) ?? new Uint8Array();
  const listed = taken(readEnvelope(targets, bytes, "targets")).signed;
  const { policy } = taken((await nextPolicy(listed, undefined, read, policyChecks)).outcome);
  return taken(channelUnder({ root: top, targets: listed, policy }, labPlan.channel));
}

/** Opening a key takes a while. */
const known = new Map<string, string>();

/** Whether an attacker who has these would have taken this way. */
async function taking(names: readonly string[]): Promise<(way: Way) => boolean> {
  const ids = new Set<string>();
  for (const name of names) {
    const id = known.get(name) ?? (services.includes(name) ? name : (await keyOf(project, name)).keyid);
    known.set(name, id);
    ids.add(id);
  }
  return ({ takes }) => holds(takes, (id) => ids.has(id));
}

/** Every way to code that was never released; a denied release that is lifted is another matter. */
const installs = (): readonly Way[] => ways.filter(({ goal, name }) => goal === "install" && name !== "lift");

test("what an attack that is refused holds is enough for no way to install, by the computed blast radius either", async () => {
  const told = attacks.filter(({ takes }) => takes !== undefined);
  assert.ok(told.length >= 17);
  for (const { name, takes = [] } of told) {
    const enough = installs().filter(await taking(takes));
    assert.deepEqual(
      enough.map((way) => way.name),
      [],
      name,
    );
  }
});

test("no set of one for install was attacked and refused: alone, only the builder is enough, and only inside an honest release", async () => {
  const { people, signers, proposer, builders, revokers, witnesses } = labPlan;
  const [first] = builders;
  const holders = [...signers.holders, proposer, ...revokers, ...witnesses].map(({ holder }) => holder);
  for (const name of [...people, ...holders, "publish-snapshot", "publish-timestamp", "ledger", ...services])
    assert.deepEqual(installs().filter(await taking([name])), [], name);
  const alone = installs().filter(await taking([first?.holder ?? ""]));
  assert.deepEqual(
    alone.map((way) => way.name),
    ["build"],
  );
});

test("what the lab cannot refuse is named: a server may hide what is new for a while, and whoever fools approvers still lacks the builder", async () => {
  const hides = ways.filter(({ goal }) => goal === "hide").filter(await taking(["distribute"]));
  assert.deepEqual(
    hides.map((way) => way.name),
    ["freeze"],
  );
  const fooled = attacks.find(({ name }) => name === "forged-provenance")?.takes ?? [];
  const withBuilder = installs().filter(await taking([...fooled, "builder"]));
  assert.deepEqual(
    withBuilder.map((way) => way.name),
    ["release", "build"],
  );
});
