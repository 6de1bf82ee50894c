// SPDX-License-Identifier: Apache-2.0
import { errorText } from "@countersign/daemon/event";
import { refusalIn } from "@countersign/daemon/refusal-in";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type Answer, type Screen, screenOf } from "./screen.ts";

/** A command at work: it asks the rooms below, and answers. Undefined where it has said everything already. */
export type Run<O> = (options: O, screen: Screen, ...args: readonly string[]) => Promise<Outcome<Answer | undefined>>;

/**
 * Makes a command a verb: an example in its help, `--json`, and the exit codes: 0 done, 1 refused. (2, wrong usage, is `main.ts`'s.)
 * `O` is what commander makes of the options that were declared; those of the noun stand before the verb, and the verb's own win.
 */
export function verb<O>(command: Command, example: string, run: Run<O>): void {
  command
    .option("--json", "print the answer, or the refusal, as one JSON object")
    .addHelpText("after", `\nExample:\n  $ countersign ${example}`)
    .action(async () => {
      const options: O & { readonly json?: true } = { ...command.parent?.opts(), ...command.opts() };
      const screen = screenOf(options.json === true);
      const outcome = await run(options, screen, ...command.processedArgs.flat()).catch(refusedBelow);
      if (!outcome.ok) {
        screen.refuse(outcome.refusal);
        process.exitCode = 1;
      } else if (outcome.value !== undefined) screen.answer(outcome.value);
    });
}

/** What the rooms below threw because it could not be answered: a key that was refused, a duty that declined to start, a server that is not there. */
function refusedBelow(error: unknown): Outcome<never> {
  const refusal = refusalIn(error);
  if (refusal !== undefined) return { ok: false, refusal };
  if (!(error instanceof TypeError && error.message === "fetch failed")) throw error;
  return refuse(
    "unreachable",
    "an answer",
    errorText(error),
    "See that it is up (countersign up), or read from another place, where the command takes one.",
  );
}
