// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { explain } from "./identity-explain.ts";

export function identity(program: Command): void {
  const noun = program.command("identity").description("what acts and is no person: whose token or certificate speaks for it");
  explain(noun.command("explain"));
}
