// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signAct } from "@countersign/release/personal-act";
import { governConfig } from "@countersign/world/duty-configs";
import type { Strike } from "./attack.ts";
import { keyOf } from "./base.ts";
import type { Lab } from "./lab.ts";

/** What govern answered: `code` is that of its refusal, "ok" where there is none. */
export interface Answer {
  readonly code: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a refusal: what was expected and found. */
  readonly said: string;
}

/** A govern that people of the lab ask, one thing after another. */
export interface AskedGovern {
  readonly url: string;
  readonly post: (path: string, document: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  /** A person signs an act and sends it. */
  readonly act: (person: string, path: string, act: string, subject: string, body: unknown) => Promise<Answer>;
}

let governs = 0;

/** Starts the shipped govern on an empty database, or on this one, without these checks, and lets `work` ask it over HTTP. */
export async function withGovern<T>(
  { project, scratch, stores }: Pick<Lab, "project" | "scratch" | "stores">,
  without: readonly string[],
  work: (govern: AskedGovern) => Promise<T>,
  database?: string,
): Promise<T> {
  const own = join(scratch, `own-govern-${++governs}`);
  const nowhere = "http://127.0.0.1:9";
  const config = { ...governConfig(project, 0, nowhere, {}), database: database ?? `${own}.sqlite`, store: stores.two };
  await writeFile(`${own}.json`, JSON.stringify(config));
  const main = fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-govern"));
  const child = fork(main, [`${own}.json`, ...without], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const complaints: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => complaints.length < 1000 && complaints.push(text));
  const ended = once(child, "close");
  try {
    const ready = await Promise.race([once(child, "message"), ended.then(() => undefined)]);
    if (ready === undefined) throw new Error(`govern ended before it was up: ${complaints.join("")}`);
    const [{ ready: started }] = ready as [{ ready: { url: string } }];
    const post: AskedGovern["post"] = async (path, document, headers = {}) => {
      const answer = await fetch(started.url + path, { method: "POST", headers, body: JSON.stringify(document) });
      const body = (await answer.json()) as Answer["body"] & { refusal?: { code: string; expected: string; found: string } };
      const { refusal } = body;
      return { body, code: refusal?.code ?? "ok", said: refusal ? `expected ${refusal.expected}; found ${refusal.found}` : "" };
    };
    return await work({
      url: started.url,
      post,
      act: async (person, path, act, subject, body) =>
        post(path, await signAct(await keyOf(project, person), { act, subject, body, now: Date.now(), nonce: randomBytes(16) })),
    });
  } finally {
    child.kill();
    await ended;
  }
}

/** What an answer came to, where `check` is the rule whose refusal has `code`. */
export function strikeOf({ code, body, said }: Answer, check: string, expected: string): Strike {
  if (code === "ok") return { succeeded: true, evidence: `govern took it: ${JSON.stringify(body).slice(0, 200)}` };
  return { succeeded: false, check: code === expected ? check : code, at: "duty govern", evidence: said };
}

/** The value of a step on the way, which govern must take. */
export function tookIt({ code, body, said }: Answer): Answer["body"] {
  if (code !== "ok") throw new Error(`govern refused a step on the way: ${code}: ${said}`);
  return body;
}
