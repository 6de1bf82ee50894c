// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "@countersign/trust/refusal";
import type { OcsfFinding } from "./ocsf.ts";

/** Where findings go. A refusal means that this one is sent again: what a sink takes twice has one `metadata.uid`. */
export interface Sink {
  send(finding: OcsfFinding, signal: AbortSignal): Promise<Outcome<undefined>>;
}

/** A plug-in point: one way in which findings leave this machine. */
export interface SinkKind {
  readonly kind: string;
  /** Reads what the configuration says besides `name`, `kind` and `least`; a missing, malformed or unknown field is refused. */
  parse(value: unknown): Outcome<Sink>;
}
