// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "@countersign/trust/check";
import type { Limits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { passedOver, type Trusted, trustRoot } from "@countersign/trust/tuf/trusted";
import { type Step, stopped } from "@countersign/trust/workflow/step";
import type { MetadataStore } from "./metadata-store.ts";

const remedy = "Run: countersign tuf init ROOT_FILE --metadata-dir DIR, with a root.json that came some safe way";

/**
 * TUF 5.2: the root that trust begins with. An embedded one, if there is one; else the directory's own, and where that is damaged the newest of the
 * past that is not. Roots that followed are found from there.
 */
export async function firstRoot(store: MetadataStore, embedded: Uint8Array | undefined, limits: Limits): Promise<Step<Trusted>> {
  if (embedded !== undefined) return trustRoot(embedded, limits);
  const damaged: Verdict[] = [];
  for await (const bytes of keptRoots(store, limits)) {
    const { verdicts, outcome } = trustRoot(bytes, limits);
    if (outcome.ok) return { verdicts: [...damaged, ...verdicts], outcome };
    damaged.push(passedOver("root", outcome.refusal));
  }
  const found = damaged.length === 0 ? "none" : "none that is whole";
  return stopped(refuse("no-root", "a trusted root in the directory", found, remedy).refusal, damaged);
}

/** `root.json`, then the roots of the past, newest first. */
async function* keptRoots(store: MetadataStore, { rootBytes }: Limits): AsyncGenerator<Uint8Array> {
  const now = await store.read("root", rootBytes);
  if (now !== undefined) yield now;
  for (const version of await store.rootVersions()) yield (await store.readRoot(version, rootBytes)) ?? new Uint8Array();
}

/**
 * Makes `bytes` the root that the directory trusts. It must have signed itself. One that was trusted there before changes nothing; beside another
 * one it is refused.
 */
export async function plantRoot(store: MetadataStore, bytes: Uint8Array, limits: Limits): Promise<Outcome<Trusted>> {
  const { outcome } = trustRoot(bytes, limits);
  if (!outcome.ok) return outcome;
  const { version } = outcome.value.root.signed;
  const before = await store.readRoot(version, limits.rootBytes);
  if (before !== undefined && Buffer.compare(before, bytes) === 0) return outcome;
  if ((await store.read("root", limits.rootBytes)) !== undefined)
    return refuse("already-begun", "a directory without a root, or with this one in its past", "another root", "Use a new directory.");
  await store.keepRoot(version, bytes);
  return accept(outcome.value);
}
