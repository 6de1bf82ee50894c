// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { withProject } from "../site.ts";
import { calibrate } from "./observe-calibrate.ts";
import { explain, findings } from "./observe-findings.ts";
import { status } from "./observe-status.ts";

export function observe(program: Command): void {
  const noun = program.command("observe").description("those who watch the path: whether they see, and what they found");
  for (const [name, add] of Object.entries({ status, findings, explain, calibrate })) add(withProject(noun.command(name)));
}
