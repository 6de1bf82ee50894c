// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { copyStore } from "@countersign/world/copy-store";
import { demoPlan } from "@countersign/world/demo/demo-plan";
import { mute } from "@countersign/world/demo/narrator";
import { release } from "@countersign/world/demo/releases";
import { must, type Scene } from "@countersign/world/demo/scene";
import { foundWorld } from "@countersign/world/found";
import { startWorld } from "@countersign/world/start";
import type { Feature } from "./feature.ts";
import { sha256 } from "./repository-files.ts";

/** What all our duties publish together, as a stock client sees it: the policy, and a channel with its heads and artifacts. */
export async function ourRepositories(directory: string): Promise<readonly Feature[]> {
  const work = await mkdtemp(join(tmpdir(), "countersign-interop-world-"));
  try {
    const project = must(await foundWorld(join(work, "project"), demoPlan("hello")));
    await using world = await startWorld(project);
    const program = join(work, "program");
    await mkdir(join(program, "bin"), { recursive: true });
    await writeFile(join(program, "bin", "hello"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
    const scene: Scene = { world, device: "", narrator: mute, signal: new AbortController().signal };
    await release(scene, { version: "1.0.0", directory: program }, ["bin/hello"], "alice");
    const names = ["our-repository", "our-releases"];
    for (const name of names) await copyStore(project, join(directory, name));
    return names.map((name) =>
      feature(name, join(directory, name, "targets"), name === "our-releases" ? "stable/**/*.*" : "*.policy.json"),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** All targets that match; each is called `<hash>.<name>` in its directory. */
function feature(name: string, targets: string, pattern: string): Feature {
  const found = globSync(pattern, { cwd: targets }).map((stored) => {
    const file = stored.slice(stored.lastIndexOf("/") + 1);
    const path = join(dirname(stored), file.slice(file.indexOf(".") + 1));
    return [path, sha256(readFileSync(join(targets, stored)))] as const;
  });
  return {
    name,
    targets: { targets: [] },
    present: found.map(([path]) => path),
    absent: ["beta/none"],
    digests: Object.fromEntries(found),
  };
}
