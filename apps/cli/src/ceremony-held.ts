// SPDX-License-Identifier: Apache-2.0
import type { EventSubject } from "@countersign/repository/ceremony/event-checks";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { readSignedFile } from "./ceremony-file.ts";

/** What a signer brings, and does not take from the event. */
export interface SignerOptions {
  readonly root?: string;
  readonly firstRoot?: true;
  readonly previous?: string;
}

export function withSigner(command: Command): Command {
  return command
    .option("--root <file>", "the newest root that is trusted here, from where this signer has it")
    .option("--first-root", "there is none yet: this is the first")
    .option("--previous <file>", "the version before, from where this signer has it: it need not be signed by today's keys then");
}

/** What events are judged against. */
export type Held = Omit<EventSubject, "candidate">;

export async function heldBy({ root, firstRoot, previous }: SignerOptions): Promise<Outcome<Held>> {
  if ((root === undefined) === (firstRoot === undefined))
    return refuse(
      "incomplete",
      "--root FILE, or --first-root",
      root === undefined ? "neither" : "both",
      "Name the root that you trust; the event cannot tell you.",
    );
  const trusted = root === undefined ? undefined : await readSignedFile("--root", root);
  if (trusted?.ok === false) return trusted;
  const before = previous === undefined ? undefined : await readSignedFile("--previous", previous);
  if (before?.ok === false) return before;
  return accept({ root: trusted?.value.message, previous: before?.value.message });
}
