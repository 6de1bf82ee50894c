// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@countersign/tlog/refusal";
import { lastReadingGate } from "./gates.ts";

/** The gates up to here judge documents of the whole repository, and any of them may be spoiled or kept back on the way. */
const lastDocumentGate = 7;

/**
 * What the other gates that read say of documents that are not what they should be; all else is about the release, and another mirror would not help.
 * What is downloaded later is asked of every mirror by itself.
 */
const faultsOfContents: ReadonlySet<string> = new Set([
  "digest-mismatch",
  "inclusion-unproven",
  "malformed-document",
  "malformed-json",
  "missing-file",
  "proof-malformed",
  "revocations-stale",
  "revocations-withheld",
  "tile-malformed",
  "tile-missing",
]);

/** Whether what a gate refused may be the doing of the mirror that the documents came from, so that another one is worth asking. */
export function mirrorIsSuspected(gate: number, refusal: Refusal | undefined): boolean {
  if (refusal === undefined) return false;
  return gate <= lastDocumentGate || (gate <= lastReadingGate && faultsOfContents.has(refusal.code));
}
