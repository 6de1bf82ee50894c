// SPDX-License-Identifier: Apache-2.0
import type { LedgerClient } from "@countersign/repository/ledger-client";
import type { Entry } from "@countersign/tlog/entry";
import type { Project } from "@countersign/world/project";
import type { Base } from "./base.ts";
import type { Payload } from "./payload.ts";

/** A world that is up, as those see it who plant something in it for later. */
export interface LiveWorld {
  readonly project: Project;
  /** What is published now. */
  readonly base: Base;
  readonly ledger: LedgerClient;
  readonly trojan: Payload;
  /** The lab's own directory. */
  readonly scratch: string;
}

/** Has an entry logged, as anybody can, and answers its proof. */
export async function logged({ ledger }: Pick<LiveWorld, "ledger">, entry: Entry): Promise<string> {
  const appended = await ledger.append(entry);
  if (!appended.ok) throw new Error(`the ledger took no ${entry.type}: ${appended.refusal.found}`);
  return appended.value.proof;
}
