// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { Acting } from "../as-person.ts";
import { changing } from "../change-identity.ts";
import { verb } from "../verb.ts";

interface Ending extends Acting {
  readonly reason: string;
}

export function suspend(command: Command): void {
  command
    .description("stop an identity at once; any person may, and it takes another to let it go on")
    .argument("<name>")
    .requiredOption("--as <person>", "who stops it")
    .requiredOption("--reason <text>", "why");
  verb<Ending>(command, 'identity suspend ci --as ben --reason "its token was seen"', (options, screen, name = "") =>
    changing(options, screen, "identity.suspend", name, () => ({ reason: options.reason })),
  );
}

export function retire(command: Command): void {
  command
    .description("end an identity for ever; its name is nobody else's afterwards")
    .argument("<name>")
    .requiredOption("--as <person>", "its owner or deputy")
    .requiredOption("--reason <text>", "why");
  verb<Ending>(command, 'identity retire ci --as dia --reason "moved to another platform"', (options, screen, name = "") =>
    changing(options, screen, "identity.retire", name, () => ({ reason: options.reason })),
  );
}

export function renew(command: Command): void {
  command
    .description("let an identity act until the next review, also one that was suspended")
    .argument("<name>")
    .requiredOption("--as <person>", "anybody but its owner")
    .requiredOption("--review-by <date>", "when somebody looks at it again, within a year");
  verb<Acting & { readonly reviewBy: string }>(command, "identity renew ci --as ann --review-by 2027-05-01", (options, screen, name = "") =>
    changing(options, screen, "identity.renew", name, () => ({ reviewBy: options.reviewBy })),
  );
}
