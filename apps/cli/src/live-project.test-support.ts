// SPDX-License-Identifier: Apache-2.0
// A project of the demo's plan whose duties run while the tests of a file do.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { demoPlan } from "@countersign/world/demo/demo-plan";
import { foundWorld } from "@countersign/world/found";
import type { Plan } from "@countersign/world/plan";
import { type RunningWorld, startWorld } from "@countersign/world/start";
import { countersign } from "./transcript.test-support.ts";

export interface LiveProject {
  /** A directory of these tests alone; the project is in it. */
  readonly base: string;
  readonly project: string;
  readonly world: RunningWorld;
  /** What succeeded on `countersign` in the project's directory, as it was printed. */
  said(...args: readonly string[]): Promise<string>;
  /** The code with which it was refused there. */
  refused(...args: readonly string[]): Promise<string>;
}

/** Founds and starts it, and ends it after the last test of the file. `change`: what is not as in the demo's plan; `told`: its `observe.json`. */
export async function liveProject(change: Partial<Plan> = {}, told: object = {}): Promise<LiveProject> {
  const base = await mkdtemp(join(tmpdir(), "cli-live-"));
  const project = join(base, "project");
  const founded = await foundWorld(project, { ...demoPlan("hello"), ...change });
  assert.ok(founded.ok);
  await writeFile(join(project, "observe.json"), JSON.stringify(told));
  const world = await startWorld(founded.value);
  after(async () => {
    await world[Symbol.asyncDispose]();
    await rm(base, { recursive: true });
  });
  return {
    base,
    project,
    world,
    said: async (...args) => {
      const { code, stdout, stderr } = await countersign(project, ...args);
      assert.equal(code, 0, `${args.join(" ")}\n${stdout}${stderr}`);
      return stdout;
    },
    refused: async (...args) => {
      const { code, stderr } = await countersign(project, ...args);
      assert.equal(code, 1, args.join(" "));
      return /^refused: (\S+)/.exec(stderr)?.[1] ?? stderr;
    },
  };
}
