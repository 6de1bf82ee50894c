// SPDX-License-Identifier: Apache-2.0
import type { Profile } from "@countersign/trust/policy/profile";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";

/** Who and what there is, as somebody answered. */
export interface Answers {
  readonly owners: readonly string[];
  readonly builders: number;
  readonly hardware: readonly string[];
  readonly profile: Profile | undefined;
}

/** Puts one question to a person and answers what they typed. */
export type Ask = (question: string) => Promise<string>;

const profiles: readonly Profile[] = ["app", "agent", "firmware"];

/** Asks who the people are, what can build, what it is that is shipped, and who has hardware for keys. What cannot be understood is refused, not guessed. */
export async function interview(ask: Ask, you: string): Promise<Outcome<Answers>> {
  const owners = names(await ask(`Who are the people? Names with spaces between them [${you}]: `));
  const people = owners.length === 0 ? [you] : owners;
  const builders = (await ask("How many build systems, each run by another of them, can build it? [1]: ")).trim() || "1";
  if (!/^[1-8]$/.test(builders)) return refuse("answer-malformed", "a number from 1 to 8", builders, "Run it again; nothing was made.");
  const shipped = (
    await ask("What is shipped: an app, an agent with rights over its machine, firmware, or the strongest you can hold? [strongest]: ")
  )
    .trim()
    .toLowerCase();
  const profile = profiles.find((each) => each === shipped);
  if (profile === undefined && shipped !== "" && shipped !== "strongest")
    return refuse("answer-malformed", "app, agent, firmware or strongest", shipped, "Run it again; nothing was made.");
  const hardware = names(await ask("Who of them has a hardware key, a TPM or an HSM? Names, or nothing [nobody]: "));
  return accept({ owners: people, builders: Number(builders), hardware, profile });
}

function names(answer: string): readonly string[] {
  return [...new Set(answer.split(/[\s,]+/).filter((name) => name !== ""))];
}
