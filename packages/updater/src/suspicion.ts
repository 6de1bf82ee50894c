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
  "not-read-past",
  "proof-malformed",
  "revocations-stale",
  "revocations-withheld",
  "tile-malformed",
  "tile-missing",
]);

/** How an attempt ended at a gate: with a refusal, or because there was nothing further to do. */
interface Ended {
  readonly refusal: Refusal | undefined;
  readonly finished: boolean;
}

/**
 * Whether what a gate refused may be the doing of the mirror that the documents came from, so that another one is worth asking. `unheard`: who may say no and
 * was not heard, which nothing refuses where nothing is to be installed.
 */
export function mirrorIsSuspected(gate: number, { refusal, finished }: Ended, unheard?: Refusal): boolean {
  if (unheard !== undefined && (finished || refusal !== undefined) && gate <= lastReadingGate) return true;
  if (refusal === undefined) return false;
  return gate <= lastDocumentGate || (gate <= lastReadingGate && faultsOfContents.has(refusal.code));
}
