// SPDX-License-Identifier: Apache-2.0
import { userInfo } from "node:os";
import { relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Profile } from "@countersign/trust/policy/profile";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { foundWorld } from "@countersign/world/found";
import { setsOfOne } from "@countersign/world/sets-of-one";
import { type Command, Option } from "commander";
import { readApproverKeys } from "../approver-keys.ts";
import { bestAddition } from "../best-addition.ts";
import { choosePlan } from "../choose-plan.ts";
import { each } from "../each.ts";
import { interview } from "../interview.ts";
import { number } from "../number.ts";
import { planText } from "../plan-text.ts";
import { verb } from "../verb.ts";

interface Options {
  readonly product: string;
  readonly channel: string;
  readonly owner?: readonly string[];
  readonly profile?: Profile;
  readonly builders?: number;
  readonly hardware?: readonly string[];
  readonly soak?: number;
  readonly brake?: number;
  readonly approverKey?: readonly string[];
  readonly json?: true;
}

export function init(program: Command): void {
  const command = program
    .command("init")
    .description("found a project: every key, and the signed root, targets and policy, as strong as these people can hold")
    .argument("[dir]", "a new or empty directory", ".")
    .requiredOption("--product <name>", "what is released")
    .option("--channel <name>", "where it is released to", "stable")
    .option("--owner <name>", "a person who holds duties; again for each (default: asks, or you)", each)
    .addOption(
      new Option("--profile <name>", "what is shipped (default: the strongest that there are people for)").choices([
        "app",
        "agent",
        "firmware",
      ]),
    )
    .option("--builders <count>", "build systems, each run by another owner (default: as many as the profile takes, or 1)", number(1, 8))
    .option("--hardware <owner>", "an owner who has a hardware key, a TPM or an HSM; again for each", each)
    .option(
      "--approver-key <name=file>",
      "with what this owner approves, instead of a key file made here: what `key passkey` made, or FILE.pub of a key in a token; again for each",
      each,
    )
    .option("--soak <seconds>", "how long a release must be public before devices take it (default: the profile's)", number(1, 30 * 86_400))
    .option(
      "--brake <bits>",
      "let observers have a release held for 72 hours that is as unusual as this; 22 is seen in fewer than 1 of 100 benign ones (default: no brake)",
      number(1, 512),
    );
  verb<Options>(
    command,
    "init hello --product hello --owner alice --owner bob --owner carol --owner dave",
    async (options, screen, dir = ".") => {
      const means = await meansOf(options);
      if (!means.ok) return means;
      const { hardware, ...wish } = means.value;
      const chosen = choosePlan({
        ...wish,
        product: options.product,
        channel: options.channel,
        soakSeconds: options.soak,
        brakeBits: options.brake,
      });
      if (!chosen.ok) return chosen;
      const { plan, rung } = chosen.value;
      const stranger = hardware.find((owner) => !plan.people.includes(owner));
      if (stranger !== undefined)
        return refuse("owner-unknown", `hardware of ${plan.people.join(", ")}`, stranger, "Name only owners with --hardware.");
      const approverKeys = await readApproverKeys(options.approverKey ?? []);
      if (!approverKeys.ok) return approverKeys;
      screen.progress("making keys ...");
      const founded = await foundWorld(resolve(dir), plan, { approverKeys: approverKeys.value });
      if (!founded.ok) return founded;
      const { directory } = founded.value;
      const here = relative(process.cwd(), directory);
      return accept({
        json: { directory, kind: rung.name, plan, setsOfOne: setsOfOne(plan), addition: bestAddition(chosen.value) ?? null },
        text: `${planText(chosen.value, hardware, directory)}\n\nNext: ${here === "" ? "" : `cd ${here} && `}countersign up`,
      });
    },
  );
}

interface Given {
  readonly owners: readonly string[];
  readonly builders?: number | undefined;
  readonly hardware: readonly string[];
  readonly profile?: Profile | undefined;
}

/** Who and what there is: what the options say, or, where they say nothing and somebody is there to be asked, what that person answers. */
async function meansOf({ owner, builders, hardware, profile, json }: Options): Promise<Outcome<Given>> {
  const you = userInfo().username;
  const told = [owner, builders, hardware, profile, json].some((option) => option !== undefined);
  const { stdin, stdout } = process;
  if (told || !stdin.isTTY || !stdout.isTTY) return accept({ owners: owner ?? [you], builders, hardware: hardware ?? [], profile });
  using prompt = createInterface({ input: stdin, output: stdout });
  const gone = new AbortController();
  prompt.once("close", () => gone.abort());
  try {
    return await interview((question) => prompt.question(question, { signal: gone.signal }), you);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    return refuse(
      "not-answered",
      "answers to four questions",
      "the end of the input",
      "Run it again, or say it all: countersign init --help",
    );
  }
}
