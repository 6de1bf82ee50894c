// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import { errorText, logEvent } from "./event.ts";
import { refusalIn } from "./refusal-in.ts";

/** What a duty has when it is up: the address it answers at, if it has one. */
export interface Started {
  readonly url?: string;
}

/** A duty may also decline to start, for instance on a state that was rolled back. */
export type StartOutcome = Started | { readonly ok: false; readonly refusal: Refusal };

/** How long what a duty holds may take to close before the process ends anyway. */
const CLOSING_MILLISECONDS = 2000;

/**
 * Runs a duty as this process. Its configuration is the JSON file that the first argument names.
 *
 * - Once started it prints `{"duty","event":"ready","url"}` on stdout, and sends `{ready:{url}}` to a parent that has a channel.
 * - A configuration, key or state that is refused (by value, or by an error with a `refusal`) is printed on stderr, and the
 *   process ends with code 2; with code 1 when starting fails otherwise.
 * - SIGTERM, SIGINT, or the end of the parent (its channel closes, also when it was killed) abort the signal; what listens to it
 *   has two seconds to close, then the process ends with code 0.
 */
export function runDuty<C>(
  name: string,
  parse: (json: unknown) => Outcome<C>,
  start: (config: C, signal: AbortSignal) => Promise<StartOutcome>,
): void {
  process.title = name;
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) return;
    logEvent(name, "stopping");
    stopping.abort();
    if (process.connected) process.disconnect();
    setTimeout(() => process.exit(), CLOSING_MILLISECONDS).unref(); // ends before, if nothing is left open
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.once("disconnect", stop);
  if (process.send !== undefined && !process.connected) stop(); // the parent was gone before this line
  for (const stream of [process.stdout, process.stderr]) stream.on("error", stop); // a parent that was killed reads no more

  const fail = (code: number, event: string, fields: Record<string, string>): void => {
    logEvent(name, event, fields);
    process.exitCode = code;
    stop();
  };
  const config = readConfig(process.argv[2], parse);
  if (!config.ok) {
    fail(2, "refused", { ...config.refusal });
    return;
  }
  start(config.value, stopping.signal).then(
    (started) => {
      if (stopping.signal.aborted) return;
      if ("refusal" in started) {
        fail(2, "refused", { ...started.refusal });
        return;
      }
      process.stdout.write(`${JSON.stringify({ duty: name, event: "ready", url: started.url })}\n`);
      process.send?.({ ready: { url: started.url } });
    },
    (error: unknown) => {
      if (stopping.signal.aborted) return; // a start that was broken off is no failure
      const refusal = refusalIn(error);
      if (refusal !== undefined) fail(2, "refused", { ...refusal });
      else fail(1, "failed", { error: errorText(error) });
    },
  );
}

function readConfig<C>(path: string | undefined, parse: (json: unknown) => Outcome<C>): Outcome<C> {
  if (path === undefined)
    return refuse("config-missing", "the path of a JSON file", "no argument", "name the configuration as first argument");
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return refuse("config-unreadable", `JSON in ${path}`, errorText(error), "correct the file");
  }
  return parse(json);
}
