// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { create } from "./bundle-create.ts";
import { install, verify } from "./bundle-take.ts";

export function bundle(program: Command): void {
  const noun = program.command("bundle").description("one file with all that a device needs where there is no network");
  create(noun.command("create"));
  verify(noun.command("verify"));
  install(noun.command("install"));
}
