// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { GovernClient } from "./govern-client.ts";

/** Fewer digits than this name too much. */
const fewestDigits = 8;

/** The digest that somebody wrote in full, or as its first digits where govern knows exactly one proposal that begins so. */
export async function findDigest(govern: GovernClient, written: string): Promise<Outcome<Digest>> {
  const text = written.toLowerCase();
  if (isDigest(text)) return accept(text);
  const remedy = "List them with: countersign release status";
  if (text.length < fewestDigits || !/^[0-9a-f]+$/.test(text))
    return refuse("digest-malformed", `a digest, or at least its first ${fewestDigits} digits`, written, remedy);
  const proposals = await govern.proposals();
  if (!proposals.ok) return proposals;
  const [match, ...more] = proposals.value.filter(({ digest }) => digest.startsWith(text));
  if (match !== undefined && more.length === 0) return accept(match.digest);
  return refuse(
    match === undefined ? "digest-unknown" : "digest-ambiguous",
    "one release or order",
    `${match === undefined ? 0 : more.length + 1} that begin with ${text}`,
    remedy,
  );
}
