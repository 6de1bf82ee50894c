// SPDX-License-Identifier: Apache-2.0
import { open, rename } from "node:fs/promises";
import { Agent, get } from "node:http";
import { buffer } from "node:stream/consumers";
import { Stopwatch } from "./report.ts";
import { keyFromHex, leastOf } from "./verified.ts";

// The floor with its way there and back: each document is asked for when the one before has come, as TUF has it, done the least with, and written so that it
// outlasts a crash. node plain.ts URL STORE PUBLIC_KEY_HEX... -- NAME...

const [, , url = "", store = "", ...args] = process.argv;
const split = args.indexOf("--");
const keys = args.slice(0, split).map(keyFromHex);
const agent = new Agent({ keepAlive: true });

const kept: unknown[] = [];
const stopwatch = new Stopwatch();
await stopwatch.step("refresh", async () => {
  for (const [index, name] of args.slice(split + 1).entries()) {
    const bytes = await fetched(`${url}/metadata/${name}`);
    const key = keys[index];
    if (key !== undefined) kept.push(leastOf(bytes, key));
    await keep(`${store}/${name}`, bytes);
  }
});
stopwatch.report();
agent.destroy();

function fetched(from: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(from, { agent }, (answer) => buffer(answer).then(resolve, reject)).on("error", reject);
  });
}

async function keep(file: string, bytes: Buffer): Promise<void> {
  await using temporary = await open(`${file}.tmp`, "w");
  await temporary.writeFile(bytes);
  await temporary.sync();
  await rename(`${file}.tmp`, file);
  await using directory = await open(store, "r");
  await directory.sync();
}
