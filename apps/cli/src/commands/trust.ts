// SPDX-License-Identifier: Apache-2.0
import { usesSeen } from "@countersign/inventory/seen-use";
import { beginnings } from "@countersign/inventory/since";
import { trustRows } from "@countersign/inventory/trust";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type SurveyOptions, survey, withSurvey } from "../survey.ts";
import { bold } from "../text.ts";
import { trustText } from "../trust-text.ts";
import { verb } from "../verb.ts";

interface Options extends SurveyOptions {
  readonly channel?: string;
}

export function trust(program: Command): void {
  const command = program
    .command("trust")
    .description(
      "every key, identity, person, witness, log, policy and device root that is trusted: for what, since, until, and what its loss would mean",
    )
    .option("--channel <name>", "what counts for one channel only");
  verb<Options>(withSurvey(command), "trust --channel stable", async (options) => {
    const surveyed = await survey(options);
    if (!surveyed.ok) return surveyed;
    const { view, anchor, read, known, silent, now } = surveyed.value;
    const { channel } = options;
    const [uses, began] = [await usesSeen(view, read), await beginnings(view, anchor, read)];
    const rows = trustRows({ view, known, uses, began, now, channel });
    if (!rows.ok) return rows;
    const heading = `${bold("What is trusted")}${channel === undefined ? "" : ` for ${channel}`}, by root ${view.root.signed.version} and policy ${view.policy.version}`;
    const text = [heading, trustText(rows.value), ...silent].join("\n\n");
    return accept({ json: { root: view.root.digest, policy: view.policyDigest, trusted: rows.value, notAsked: silent }, text });
  });
}
