// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Refusal } from "@countersign/tlog/refusal";
import { refusalIn } from "./refusal-in.ts";

/** A duty that runs as a child of this process, and ends with it. */
export interface RunningDuty {
  readonly url: string;
  readonly child: ChildProcess;
  /** Asks it to end, and waits until it has. With SIGKILL it ends wherever it is. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * Starts a duty's main file on a configuration file, and on whatever arguments more, and waits until it is ready; throws, with what it said, when it ends before
 * that. The error has the `refusal` of a duty that declined to start.
 */
export async function startDuty(main: string, configFile: string, more: readonly string[] = []): Promise<RunningDuty> {
  const child = fork(main, [configFile, ...more], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const said: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => said.length < 1000 && said.push(text));
  const ended = once(child, "close");
  const ready = await Promise.race([once(child, "message"), ended.then(() => undefined)]);
  if (ready === undefined) {
    const refusal = refusalSaid(said.join(""));
    throw Object.assign(new Error(`${main} ended with ${child.exitCode ?? child.signalCode}: ${said.join("")}`), refusal && { refusal });
  }
  const [{ ready: started }] = ready as [{ ready: { url?: string } }];
  return {
    url: started.url ?? "",
    child,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended;
    },
  };
}

/** With what a duty declined to start, among what it said. */
function refusalSaid(said: string): Refusal | undefined {
  const line = said.split("\n").find((each) => each.includes('"event":"refused"'));
  return line === undefined ? undefined : refusalIn({ refusal: JSON.parse(line) });
}
