// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";
import { demo } from "./commands/demo.ts";
import { device } from "./commands/device.ts";
import { init } from "./commands/init.ts";
import { ledger } from "./commands/ledger.ts";
import { release } from "./commands/release.ts";
import { revoke } from "./commands/revoke.ts";
import { up } from "./commands/up.ts";

/** The nouns and verbs there are, in the order in which a newcomer meets them. */
const commands: readonly ((program: Command) => void)[] = [demo, init, up, release, device, revoke, ledger];

/** `countersign`, ready to parse. It throws commander's errors instead of ending the process. */
export function program(): Command {
  const countersign = new Command("countersign")
    .description("Software updates that no single key, person, machine or server can turn against you")
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("(add --help for usage)")
    .addHelpText("after", "\nExample:\n  $ countersign demo --once    # the whole path, on this machine, in about a minute");
  for (const add of commands) add(countersign);
  return countersign;
}
