// SPDX-License-Identifier: Apache-2.0
import { createInterface } from "node:readline/promises";
import { type Outcome, refuse } from "@countersign/trust/refusal";

/** Asks a person, who must be there: without a terminal only `--yes` goes on. */
export async function confirm(question: string, yes: boolean): Promise<Outcome<void>> {
  if (yes) return { ok: true, value: undefined };
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY)
    return refuse(
      "not-confirmed",
      "a person at a terminal, or --yes",
      "neither",
      "Read the review above, then repeat the command with --yes.",
    );
  using prompt = createInterface({ input: stdin, output: stdout });
  const answer = await prompt.question(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return { ok: true, value: undefined };
  return refuse("not-confirmed", "y", answer.trim() || "nothing", "Nothing was signed. Run it again when you are sure.");
}
