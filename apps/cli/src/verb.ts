// SPDX-License-Identifier: Apache-2.0
import { KeyRefused } from "@countersign/custody/outcome";
import type { Outcome } from "@countersign/trust/refusal";
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
      const outcome = await run(options, screen, ...command.processedArgs.flat()).catch(refusedKey);
      if (!outcome.ok) {
        screen.refuse(outcome.refusal);
        process.exitCode = 1;
      } else if (outcome.value !== undefined) screen.answer(outcome.value);
    });
}

function refusedKey(error: unknown): Outcome<never> {
  if (error instanceof KeyRefused) return { ok: false, refusal: error.refusal };
  throw error;
}
