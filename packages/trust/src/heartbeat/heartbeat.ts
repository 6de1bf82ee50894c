// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, integer, literal, name, nullable, text } from "../decode.ts";

/** `heartbeat/<monitor>`: a monitor says, under its own key, that it is there, what it has read, and whether it can see. */
export interface Heartbeat {
  readonly _type: "heartbeat";
  readonly spec: "countersign/1";
  readonly monitor: string;
  /** The newest cosigned checkpoint that it has read. It dates the heartbeat, so that nobody can make an old one young. */
  readonly checkpoint: string;
  /** Entries of the ledger, from the first, that it has read with all that they name. */
  readonly readThrough: number;
  /** Seconds of witnessed time within which it promises to be heard again. */
  readonly within: number;
  /** Why it cannot see; null while it can. */
  readonly blind: string | null;
}

export const heartbeat: Decoder<Heartbeat> = closed<Heartbeat>({
  _type: literal("heartbeat"),
  spec: literal("countersign/1"),
  monitor: name,
  checkpoint: text,
  readThrough: integer(0),
  within: integer(1, 86_400),
  blind: nullable(text),
});

/** The longest heartbeat: a checkpoint with the signatures of a log and 32 witnesses, and a few words. */
export const heartbeatBytes: number = 32 * 1024;

export function heartbeatPath(monitor: string): string {
  return `heartbeat/${monitor}`;
}
