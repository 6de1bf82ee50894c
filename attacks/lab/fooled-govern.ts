// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { governConfig } from "@countersign/world/duty-configs";
import type { Strike } from "./attack.ts";
import { copiedDatabase } from "./govern-record.ts";
import type { Lab } from "./lab.ts";

/** Sends a document to a govern of the shipped code, on a copy of its database and without these checks; success is that it is taken. `codes` are those of the checks. */
export async function strikeGovern(
  lab: Pick<Lab, "project" | "scratch">,
  path: string,
  document: unknown,
  codes: Readonly<Record<string, string>>,
  without: readonly string[],
): Promise<Strike> {
  const database = await copiedDatabase(lab);
  const nobody = "http://127.0.0.1:9";
  await writeFile(`${database}.json`, JSON.stringify({ ...governConfig(lab.project, 0, nobody, {}), database }));
  const main = fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-govern"));
  const child = fork(main, [`${database}.json`, ...without], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const said: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => said.length < 1000 && said.push(text));
  const ended = once(child, "close");
  try {
    const ready = await Promise.race([once(child, "message"), ended.then(() => undefined)]);
    if (ready === undefined) throw new Error(`govern ended before it was up: ${said.join("")}`);
    const [{ ready: started }] = ready as [{ ready: { url: string } }];
    const answer = await fetch(started.url + path, { method: "POST", body: JSON.stringify(document) });
    const body = (await answer.json()) as { refusal?: { code: string; expected: string; found: string } };
    if (body.refusal === undefined) return { succeeded: true, evidence: `govern took it: ${JSON.stringify(body).slice(0, 200)}` };
    const { code, expected, found } = body.refusal;
    return { succeeded: false, check: codes[code] ?? code, at: "duty govern", evidence: `expected ${expected}; found ${found}` };
  } finally {
    child.kill();
    await ended;
  }
}
