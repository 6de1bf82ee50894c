// SPDX-License-Identifier: Apache-2.0
import { type BlastRadius, blastRadius, type Reach, setsOfOne, smallestOf } from "@countersign/inventory/blast-radius";
import { type View, views } from "@countersign/inventory/view";
import type { Goal } from "@countersign/inventory/way";
import { accept } from "@countersign/trust/refusal";
import { type Command, Option } from "commander";
import { blastRadiusText } from "../blast-radius-text.ts";
import { each } from "../each.ts";
import { number } from "../number.ts";
import { type SurveyOptions, survey, withSurvey } from "../survey.ts";
import { verb } from "../verb.ts";

interface Options extends SurveyOptions {
  readonly failBelow?: number;
  readonly goal: Goal;
  readonly way?: readonly string[];
  readonly view?: readonly View[];
}

export function blastRadiusCommand(program: Command): void {
  const command = program
    .command("blast-radius")
    .description(
      "every minimal set of keys, people, machines and custody domains that could put code on a channel's devices, hide it, or stop it",
    )
    .argument("<channel>", "a channel of the policy")
    .option("--fail-below <size>", "end with 1 if a smaller set is enough, for CI", number(1, 64))
    .addOption(new Option("--goal <goal>", "what --fail-below counts").choices(["install", "hide", "stop"]).default("install"))
    .option("--way <way>", "count this way only; may be given several times", each)
    .addOption(new Option("--view <view>", "count by this only; may be given several times").choices(views).argParser(each));
  verb<Options>(withSurvey(command), "blast-radius stable --fail-below 2", async (options, _, channel = "") => {
    const surveyed = await survey(options);
    if (!surveyed.ok) return surveyed;
    const { view, known, silent } = surveyed.value;
    const radius = blastRadius({ root: view.root.signed, targets: view.targets.signed, policy: view.policy }, known, channel);
    if (!radius.ok) return radius;
    const gate = gateOf(radius.value, options);
    if (gate !== undefined && !gate.passed) process.exitCode = 1;
    const parts = [blastRadiusText(radius.value), silent.join("\n"), gateText(gate)];
    return accept({ json: jsonOf(radius.value, gate), text: parts.filter((part) => part !== "").join("\n\n") });
  });
}

/** What CI asked for, and whether it holds. A size that could not be computed does not pass. */
interface Gate {
  readonly goal: Goal;
  readonly failBelow: number;
  readonly smallest: number | null;
  readonly passed: boolean;
}

function gateOf({ reaches }: BlastRadius, { failBelow, goal, way, view }: Options): Gate | undefined {
  if (failBelow === undefined) return undefined;
  const counted = reaches.filter(
    (reach) => reach.goal === goal && (way?.includes(reach.way) ?? true) && (view?.includes(reach.view) ?? true),
  );
  const smallest = smallestOf(counted);
  const known = counted.length > 0 && counted.every(({ upTo }) => upTo === null || upTo >= failBelow - 1);
  return { goal, failBelow, smallest, passed: known && (smallest === null || smallest >= failBelow) };
}

function gateText(gate: Gate | undefined): string {
  if (gate === undefined) return "";
  return `${gate.passed ? "passed" : "failed"}: the smallest set to ${gate.goal} is of ${gate.smallest ?? "none"}, and ${gate.failBelow} were asked for`;
}

function jsonOf(radius: BlastRadius, gate: Gate | undefined): unknown {
  const { channel, profile, policyVersion, loosened, reaches, holdings } = radius;
  const alone = setsOfOne(radius).map(({ goal, way, view, does, element, seen }) => ({ goal, way, view, does, element, seen }));
  const smallest = (goal: Goal): number | null => smallestOf(reaches.filter((reach: Reach) => reach.goal === goal));
  const keys = holdings.map(({ id, identity, person, machine, domain, record }) => ({
    id,
    identity: identity ?? null,
    owner: person ?? null,
    machine: machine ?? null,
    custodyDomain: domain ?? null,
    custody: record?.custody ?? null,
    development: record?.development ?? null,
  }));
  return {
    channel,
    profile,
    policyVersion,
    loosened,
    smallest: { install: smallest("install"), hide: smallest("hide"), stop: smallest("stop") },
    setsOfOne: alone,
    ways: reaches,
    holdings: keys,
    ...(gate === undefined ? {} : { gate }),
  };
}
