// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import type { Answer, Asking, Effect } from "@countersign/trust/tuf/asking";
import type { MetadataStore } from "./metadata-store.ts";

/** What a part of the workflow works on. */
export interface Surroundings {
  readonly store: MetadataStore;
  /** Fetches a metadata file by its path in the repository; undefined where there is none. */
  fetch(path: string, maxBytes: number): Promise<Answer>;
}

/** Runs a part of the workflow to its end: does what it asks for, one thing after the other, and feeds it the answers. */
export async function drive<R>(workflow: Asking<R>, surroundings: Surroundings): Promise<R> {
  let next = workflow.next();
  while (!next.done) next = workflow.next(await perform(next.value, surroundings));
  return next.value;
}

async function perform(effect: Effect, { store, fetch }: Surroundings): Promise<Answer> {
  switch (effect.kind) {
    case "fetch":
      return await fetch(effect.path, effect.maxBytes);
    case "read": {
      const { role, version, maxBytes } = effect;
      return accept(await (version === undefined ? store.read(role, maxBytes) : store.readRoot(version, maxBytes)));
    }
    case "keep": {
      const { role, version, bytes } = effect;
      await (role === "root" ? store.keepRoot(version, bytes) : store.keep(role, bytes));
      return accept(undefined);
    }
    case "forget":
      await store.forget(effect.role);
      return accept(undefined);
  }
}
