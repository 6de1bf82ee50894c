// SPDX-License-Identifier: Apache-2.0
import { type Root as AnchorRoot, root as anchorRoot } from "@countersign/trust/anchor/root";
import { targets as anchorTargets } from "@countersign/trust/anchor/targets";
import type { Json } from "@countersign/trust/canonical";
import { type Decoder, decode } from "@countersign/trust/decode";
import type { Outcome } from "@countersign/trust/refusal";
import { type Root, root } from "@countersign/trust/tuf/root";
import { type Snapshot, snapshot } from "@countersign/trust/tuf/snapshot";
import { type Targets, targets } from "@countersign/trust/tuf/targets";

/** What an event can be about. A timestamp is signed by a machine, every day: nobody meets over it. */
export type EventDocument = Root | Snapshot | Targets;

const decoders: ReadonlyMap<string, Decoder<EventDocument>> = new Map<string, Decoder<EventDocument>>([
  ["root", (value, at) => (isAnchor(value) ? anchorRoot(value, at) : root(value, at))],
  ["snapshot", snapshot],
]);

/** Reads the document of a role, strictly: a root of ours by our own rules, any other one as TUF has it; every other role's as targets, of ours if so. */
export function readDocument(role: string, document: Json, ours = false): Outcome<EventDocument> {
  const decoder: Decoder<EventDocument> = decoders.get(role) ?? (ours ? anchorTargets : targets);
  return decode(decoder, document, `the document of ${role}`);
}

/** The root as one of ours, if it is. */
export function anchorRootOf(document: Root): AnchorRoot | undefined {
  return isAnchor(document) ? (document as AnchorRoot) : undefined;
}

/** Whether a document is a root of ours. */
export function isAnchor(value: unknown): boolean {
  return typeof value === "object" && value !== null && "countersign" in value;
}
