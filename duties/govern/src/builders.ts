// SPDX-License-Identifier: Apache-2.0
import type { Reader } from "@countersign/repository/store";
import { claimedBuilder, readAttested } from "@countersign/trust/build/attested";
import { readDsse } from "@countersign/trust/build/dsse";
import type { Digest } from "@countersign/trust/digest";
import { defaultLimits } from "@countersign/trust/limits";
import type { Statement } from "@countersign/trust/release/statement";

/** The builders that a release's provenance names. What it says is shown and not believed: signers verify it, and so does the approver's machine. */
export async function builderIds(statement: Statement | undefined, store: Reader): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const digest of statement?.provenance ?? []) ids.add((await builderId(digest, store)) ?? `unreadable: ${digest}`);
  return [...ids].sort();
}

async function builderId(digest: Digest, store: Reader): Promise<string | undefined> {
  const bytes = await store.read(`provenance/${digest}`, defaultLimits.documentBytes);
  const envelope = bytes && readDsse(bytes);
  const provenance = envelope?.ok ? readAttested(envelope.value) : undefined;
  return provenance?.ok ? claimedBuilder(provenance.value) : undefined;
}
