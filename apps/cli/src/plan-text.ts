// SPDX-License-Identifier: Apache-2.0
import type { Holding, Plan } from "@countersign/world/plan";
import { nextAbove } from "@countersign/world/plans/ladder";
import { setsOfOne } from "@countersign/world/sets-of-one";
import { bestAddition } from "./best-addition.ts";
import { type Choice, whatIsMissing } from "./choose-plan.ts";
import { table } from "./table.ts";
import { bold } from "./text.ts";

/** What `init` says of a plan: who holds what, who is enough alone, and what would change that. */
export function planText(choice: Choice, hardware: readonly string[], directory: string): string {
  const { plan, rung, means } = choice;
  const best = bestAddition(choice);
  const above = nextAbove(rung);
  const ended = [...new Set(best?.ends.map(({ who, can }) => `${who} can no longer ${can}`))];
  return [
    `${bold(`${plan.product} on ${plan.channel}`)}, ${rung.name}, founded in ${directory}`,
    table(["duty", "holders (owner)", "quorum"], holdings(plan)),
    `Devices wait ${plan.soakSeconds} s of witnessed time before they take a release (${plan.urgent.soakSeconds} s if it is urgent).`,
    `${bold("Enough alone")}\n${setsOfOne(plan)
      .map(({ who, can, how }) => `  ${who} can ${can}: ${how}.`)
      .join("\n")}`,
    [
      best === undefined ? "" : `${bold("What would help most")}  ${best.what}: ${ended.join("; ")}.`,
      above === undefined
        ? ""
        : `${bold(`For ${above.name}`)}  ${whatIsMissing(above, means) || `nothing is missing: --profile ${above.name}`}.`,
      `${bold("Keys")}  ${custodyText(plan, hardware)}`,
    ]
      .filter((line) => line !== "")
      .join("\n"),
  ].join("\n\n");
}

function holdings(plan: Plan): readonly (readonly string[])[] {
  const { root, targets, signers, publish, proposer, builders, builderQuorum, revokers, witnesses, witnessQuorum, people, approvals } =
    plan;
  const { monitors, readThrough, freshRevokers, brake } = plan;
  const names = (holders: readonly Holding[]): string => holders.map(({ holder, owner }) => `${holder} (${owner})`).join(", ");
  const of = (threshold: number, holders: readonly Holding[]): string => `${threshold} of ${holders.length}`;
  return [
    ["root", names(root.holders), of(root.threshold, root.holders)],
    ["targets", names(targets.holders), of(targets.threshold, targets.holders)],
    ["sign", names(signers.holders), of(signers.threshold, signers.holders)],
    ["approve", people.join(", "), `${approvals} besides the proposer`],
    ["propose", names([proposer]), "1"],
    ["build", names(builders), of(builderQuorum, builders)],
    ["publish, ledger", names([publish]), "1"],
    ["revoke", names(revokers), `any one; ${freshRevokers} must be fresh`],
    ...(monitors.length === 0 ? [] : [["observe", names(monitors), of(readThrough, monitors)]]),
    ...(brake === undefined ? [] : [["hold for 72 hours", names(brake.askers), `any one, from ${brake.bits} bits`]]),
    ["witness", names(witnesses), of(witnessQuorum, witnesses)],
  ];
}

/** Whose keys could be where they cannot be copied. */
function custodyText(plan: Plan, hardware: readonly string[]): string {
  const slow = [plan.root, plan.targets, plan.signers].flatMap(({ holders }) => holders);
  const could = slow.filter(({ owner }) => hardware.includes(owner)).map(({ holder }) => holder);
  const copied = [...new Set(slow.filter(({ owner }) => !hardware.includes(owner)).map(({ owner }) => owner))];
  return [
    "are in encrypted files, for development.",
    ...(could.length === 0 ? [] : [`In hardware that is there belong ${could.join(", ")}.`]),
    ...(copied.length === 0 ? [] : [`Hardware is missing for the root, targets and signing keys of ${copied.join(", ")}.`]),
    "See: countersign key --help",
  ].join(" ");
}
