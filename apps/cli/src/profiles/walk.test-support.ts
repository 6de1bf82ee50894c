// SPDX-License-Identifier: Apache-2.0
// One release, by the commands that the help shows: from `init` to a device that runs it.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "@countersign/world/plan";
import { openProject } from "@countersign/world/project";
import type { SetOfOne } from "@countersign/world/sets-of-one";
import { startWorld } from "@countersign/world/start";
import type { Addition } from "../best-addition.ts";
import { countersign, countersignJson } from "../transcript.test-support.ts";

/** What came of it. */
export interface Walk {
  readonly kind: string;
  readonly plan: Plan;
  /** Who is enough alone besides this machine, and for what, as `init` says. */
  readonly alone: readonly string[];
  readonly addition: Addition | null;
  /** What the device checked, and what it found there, by check. */
  readonly trail: ReadonlyMap<string, string>;
  /** What the installed program says. */
  readonly runs: string;
  readonly digest: string;
  /** Tries a command in the project and answers the code of the refusal, or nothing. */
  refused(...args: readonly string[]): Promise<string>;
}

interface Founded {
  readonly kind: string;
  readonly plan: Plan;
  readonly setsOfOne: readonly SetOfOne[];
  readonly addition: Addition | null;
}

interface Explained {
  readonly trail: readonly { readonly check: string; readonly found: string }[];
}

/** Nobody waits longer than a machine takes. It changes how often processes look, and nothing that is signed. */
const hurried: Plan["pace"] = { batchMilliseconds: 50, pollMilliseconds: 300, heartbeatMilliseconds: 1000, timestampSeconds: 600 };

/** Walks one release through a project that `init` makes with these options, and lets `look` see what came of it while the project is up. */
export async function walk(init: readonly string[], approvers: readonly string[], look: (walked: Walk) => Promise<void>): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), "cli-profile-"));
  try {
    const directory = join(base, "project");
    const founded = await countersignJson<Founded>(base, "init", "project", "--product", "hello", "--soak", "1", ...init);
    const file = join(directory, "countersign.json");
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), pace: hurried }));
    const project = await openProject(directory);
    assert.ok(project.ok);
    await using world = await startWorld(project.value);

    const said = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await countersign(directory, ...args);
      assert.equal(code, 0, `${args.join(" ")}\n${stdout}${stderr}`);
      return stdout;
    };
    const program = join(base, "program");
    await mkdir(join(program, "bin"), { recursive: true });
    await writeFile(join(program, "bin/hello"), "#!/bin/sh\necho hello 1.0.0\n");
    await chmod(join(program, "bin/hello"), 0o755);
    const [asks = "", opens] = founded.plan.people;
    const asked = await countersignJson<{ readonly id: string }>(directory, "window", "open", "--as", asks, "--reason", "1.0.0");
    if (opens !== undefined) await said("window", "approve", asked.id, "--as", opens);
    const { digest } = await countersignJson<{ readonly digest: string }>(directory, "release", "propose", program, "--version", "1.0.0");
    const refused = async (...args: readonly string[]): Promise<string> =>
      /^refused: (\S+)/.exec((await countersign(directory, ...args)).stderr)?.[1] ?? "";
    const { separation, proposer } = founded.plan;
    if (separation === "owner")
      assert.equal(await refused("release", "approve", digest, "--as", proposer.owner, "--yes"), "approver-is-proposer");
    for (const person of approvers) await said("release", "approve", digest, "--as", person, "--yes");
    await said("release", "publish", digest);
    await said("device", "init", "d", "--url", world.urls.distribute, "--root", "root.json", "--product", "hello", "--channel", "stable");
    await installed(directory);
    const explained = await countersignJson<Explained>(directory, "device", "explain", "--dir", "d");
    await look({
      ...founded,
      alone: founded.setsOfOne.slice(1).map(({ who, can }) => `${who} can ${can}`),
      trail: new Map(explained.trail.map(({ check, found }) => [check, found])),
      runs: await said("device", "run", "--dir", "d", "bin/hello"),
      digest,
      refused,
    });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** Witnessed time moves as the witnesses cosign, and monitors read on: a device that asks too soon is told to come again. */
async function installed(directory: string): Promise<void> {
  for (;;) {
    const { code, stdout, stderr } = await countersign(directory, "device", "install", "--dir", "d");
    if (code === 0) return;
    assert.match(stdout + stderr, /revocations-stale|soak-not-over|not-read-past/, `${stdout}${stderr}`);
  }
}
