// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { closed, type Decoder, integer, json } from "@countersign/trust/decode";
import { fieldOf } from "./message.ts";
import type { Change } from "./splice.ts";

/** What a root says of the log that it follows, as it is written; the new root's own reader judges it. */
export interface FollowedLog {
  readonly log: Json;
  readonly witnesses: Json;
  readonly witnessQuorum: number;
}

export const followedLog: Decoder<FollowedLog> = closed<FollowedLog>({ log: json, witnesses: json, witnessQuorum: integer(2, 32) });

/** Follows another log. The one before is over: entries in it count on, up to this last tree of it, and its key extends nothing. */
export function followLog(
  root: Uint8Array,
  next: FollowedLog,
  last: { readonly size: number; readonly root: Uint8Array },
): readonly Change[] {
  const { log, witnesses, witnessQuorum, formerLogs } = fieldOf(root, "countersign") as unknown as FollowedLog & {
    readonly formerLogs?: readonly Json[];
  };
  const final = { size: last.size, root: Buffer.from(last.root).toString("hex") };
  const over = { ...(log as Record<string, Json>), witnesses, witnessQuorum, final };
  return [
    { path: ["countersign", "log"], value: next.log },
    { path: ["countersign", "witnesses"], value: next.witnesses },
    { path: ["countersign", "witnessQuorum"], value: next.witnessQuorum },
    { path: ["countersign", "formerLogs"], value: [over, ...(formerLogs ?? [])] },
  ];
}
