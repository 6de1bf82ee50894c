// SPDX-License-Identifier: Apache-2.0
import { Agent, get } from "node:http";
import { Stopwatch } from "./report.ts";

// What Node itself takes to ask for some files at once and to throw away what comes: node requests.ts URL PATH...

const [, , url = "", ...paths] = process.argv;
const stopwatch = new Stopwatch();
const agent = new Agent({ keepAlive: true });
await stopwatch.step("requests", () => Promise.all(paths.map((path) => thrownAway(`${url}/${path}`))));
stopwatch.report();
agent.destroy();

function thrownAway(from: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(from, { agent }, (answer) => answer.on("end", resolve).on("error", reject).resume()).on("error", reject);
  });
}
