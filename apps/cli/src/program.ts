// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";

type Add = (program: Command) => void;

/** The nouns there are, in the order in which a newcomer meets them. Each is loaded when it is wanted: `tuf` needs nothing that `up` does. */
const nouns: ReadonlyMap<string, () => Promise<Add>> = new Map([
  ["demo", async () => (await import("./commands/demo.ts")).demo],
  ["init", async () => (await import("./commands/init.ts")).init],
  ["up", async () => (await import("./commands/up.ts")).up],
  ["build", async () => (await import("./commands/build.ts")).build],
  ["release", async () => (await import("./commands/release.ts")).release],
  ["device", async () => (await import("./commands/device.ts")).device],
  ["bundle", async () => (await import("./commands/bundle.ts")).bundle],
  ["identity", async () => (await import("./commands/identity.ts")).identity],
  ["govern", async () => (await import("./commands/govern.ts")).govern],
  ["window", async () => (await import("./commands/window.ts")).window],
  ["review", async () => (await import("./commands/review.ts")).review],
  ["grant", async () => (await import("./commands/grant.ts")).grant],
  ["revoke", async () => (await import("./commands/revoke.ts")).revoke],
  ["brake", async () => (await import("./commands/brake.ts")).brake],
  ["policy", async () => (await import("./commands/policy.ts")).policy],
  ["trust", async () => (await import("./commands/trust.ts")).trust],
  ["blast-radius", async () => (await import("./commands/blast-radius.ts")).blastRadiusCommand],
  ["key", async () => (await import("./commands/key.ts")).key],
  ["observe", async () => (await import("./commands/observe.ts")).observe],
  ["ledger", async () => (await import("./commands/ledger.ts")).ledger],
  ["tuf", async () => (await import("./commands/tuf.ts")).tuf],
]);

/**
 * `countersign`, ready to parse a command line that begins with `noun`; with every noun where that is none of them, as for `--help`.
 * It throws commander's errors instead of ending the process.
 */
export async function program(noun?: string): Promise<Command> {
  const countersign = new Command("countersign")
    .description("Software updates that no single key, person, machine or server can turn against you")
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("(add --help for usage)")
    .addHelpText("after", "\nExample:\n  $ countersign demo --once    # the whole path, on this machine, in about a minute");
  const one = nouns.get(noun ?? "");
  for (const load of one === undefined ? nouns.values() : [one]) (await load())(countersign);
  return countersign;
}
