// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./decimal.ts";
import { HASH_BYTES } from "./hash.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/** The head of a log: what a log signs and witnesses cosign. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Reads a checkpoint body (c2sp.org/tlog-checkpoint). Extension lines of foreign logs are allowed, because signatures cover
 * them, and mean nothing here. Sizes above 2^53-1 are refused.
 */
export function parseCheckpoint(text: string): Outcome<Checkpoint> {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) return malformed("three or more full lines", `${lines.length}`);
  const [origin = "", sizeLine = "", rootLine = ""] = lines;
  const size = parseDecimal(sizeLine);
  if (size === undefined) return malformed("a size of at most 2^53-1", sizeLine.slice(0, 80));
  const root = decodeBase64(rootLine);
  if (root?.length !== HASH_BYTES) return malformed("a root of 32 bytes in base64", rootLine.slice(0, 80));
  return accept({ origin, size, root });
}

/** Prints the three lines; we write no extension lines, because some verifiers leave them out of what is signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("checkpoint-malformed", expected, found, "fetch the checkpoint again, from its log or another mirror");
}
