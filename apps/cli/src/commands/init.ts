// SPDX-License-Identifier: Apache-2.0
import { userInfo } from "node:os";
import { relative, resolve } from "node:path";
import { accept } from "@countersign/trust/refusal";
import { foundWorld } from "@countersign/world/found";
import type { Plan } from "@countersign/world/plan";
import type { Command } from "commander";
import { choosePlan } from "../choose-plan.ts";
import { each } from "../each.ts";
import { number } from "../number.ts";
import { setsOfOne } from "../sets-of-one.ts";
import { table } from "../table.ts";
import { bold } from "../text.ts";
import { verb } from "../verb.ts";

interface Options {
  readonly product: string;
  readonly channel: string;
  readonly owner?: readonly string[];
  readonly soak?: number;
}

export function init(program: Command): void {
  const command = program
    .command("init")
    .description("found a project: every key, and the signed root, targets and policy")
    .argument("[dir]", "a new or empty directory", ".")
    .requiredOption("--product <name>", "what is released")
    .option("--channel <name>", "where it is released to", "stable")
    .option("--owner <name>", "a person who holds duties; one, or at least four (default: you)", each)
    .option("--soak <seconds>", "how long a release must be public before devices take it (default: 3600)", number(1, 30 * 86_400));
  verb<Options>(
    command,
    "init hello --product hello --owner alice --owner bob --owner carol --owner dave",
    async (options, screen, dir = ".") => {
      const owners = options.owner ?? [userInfo().username];
      const plan = choosePlan(options.product, options.channel, owners, options.soak);
      if (!plan.ok) return plan;
      screen.progress("making keys ...");
      const founded = await foundWorld(resolve(dir), plan.value);
      if (!founded.ok) return founded;
      const alone = setsOfOne(plan.value);
      const here = relative(process.cwd(), founded.value.directory);
      return accept({
        json: { directory: founded.value.directory, plan: plan.value, setsOfOne: alone },
        text: [
          `${bold(`${options.product} on ${options.channel}`)}, founded in ${founded.value.directory}`,
          table(["duty", "holders (owner)", "quorum"], holdings(plan.value)),
          `${bold("Enough alone")}\n${alone.map(({ who, can }) => `  ${who} can ${can}.`).join("\n")}`,
          `Next: ${here === "" ? "" : `cd ${here} && `}countersign up`,
        ].join("\n\n"),
      });
    },
  );
}

function holdings(plan: Plan): readonly (readonly string[])[] {
  const { root, targets, signers, publish, proposer, builder, revokers, witnesses, witnessQuorum, people, approvals } = plan;
  const names = (holders: Plan["revokers"]): string => holders.map(({ holder, owner }) => `${holder} (${owner})`).join(", ");
  return [
    ["root", names(root.holders), `${root.threshold} of ${root.holders.length}`],
    ["targets", names(targets.holders), `${targets.threshold} of ${targets.holders.length}`],
    ["sign", names(signers.holders), `${signers.threshold} of ${signers.holders.length}`],
    ["approve", people.join(", "), `${approvals} besides the proposer`],
    ["propose", names([proposer]), "1"],
    ["build", names([builder]), "1"],
    ["publish, ledger", names([publish]), "1"],
    ["revoke", names(revokers), "any one"],
    ["witness", names(witnesses), `${witnessQuorum} of ${witnesses.length}`],
  ];
}
