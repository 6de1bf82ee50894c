// SPDX-License-Identifier: Apache-2.0
import { demoPlan } from "./demo/demo-plan.ts";
import { must } from "./demo/scene.ts";
import { foundWorld } from "./found.ts";
import { startWorld } from "./start.ts";

// A process that starts a world, says which processes it has, and waits to be killed: node world-holder.test-support.ts DIRECTORY

const project = must(await foundWorld(process.argv[2] ?? "", demoPlan("hello")));
const { processes } = await startWorld(project);
process.stdout.write(`${JSON.stringify(processes.map(({ child, duty }) => ({ duty, pid: child.pid })))}\n`);
