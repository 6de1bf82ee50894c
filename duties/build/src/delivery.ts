// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import type { Store } from "@countersign/repository/store";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { proofPath } from "@countersign/trust/workflow/step";
import { attest, type Build, type BuilderKey } from "./attest.ts";

/** A file that was built. */
export interface BuiltFile {
  readonly name: string;
  readonly length: number;
  readonly sha256: Digest;
}

/** What a statement has to name. */
export interface Delivery {
  readonly artifacts: readonly BuiltFile[];
  /** Digest of the envelope. */
  readonly provenance: Digest;
}

/**
 * Puts what was built where everybody can get it, with signed provenance that is in the ledger: the bytes first, the proof last.
 * Nothing is overwritten, and doing it again after a failure completes it.
 */
export async function deliver(
  files: readonly string[],
  build: Omit<Build, "artifacts">,
  openKey: () => Promise<Outcome<BuilderKey>>,
  store: Store,
  ledger: LedgerClient,
): Promise<Outcome<Delivery>> {
  const artifacts: BuiltFile[] = [];
  for (const file of files) artifacts.push(await upload(file, store));
  const key = await openKey(); // now and not before: where it lives for minutes, these are for signing
  if (!key.ok) return key;
  const envelope = await attest({ ...build, artifacts, key: key.value });
  const provenance = sha256(envelope);
  await store.write(`provenance/${provenance}`, envelope);
  const logged = await ledger.append({ type: "provenance", digest: provenance });
  if (!logged.ok) return logged;
  await store.write(proofPath(provenance), Buffer.from(logged.value.proof));
  return accept({ artifacts, provenance });
}

async function upload(file: string, store: Store): Promise<BuiltFile> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest("hex") as Digest;
  await store.writeFile(`artifacts/${digest}`, file);
  return { name: basename(file), length: (await stat(file)).size, sha256: digest };
}
