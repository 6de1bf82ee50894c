// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { explain, rollback, run, status } from "./device-here.ts";
import { init } from "./device-init.ts";
import { check, install } from "./device-update.ts";

export function device(program: Command): void {
  const noun = program.command("device").description("the updater of one product on this machine");
  init(noun.command("init"));
  for (const [name, add] of Object.entries({ check, install, status, explain, rollback, run }))
    add(noun.command(name).requiredOption("--dir <dir>", "directory of the device"));
}
