// SPDX-License-Identifier: Apache-2.0
import type { Root } from "@countersign/trust/anchor/root";
import type { Envelope } from "@countersign/trust/envelope";
import { accept, type Refusal } from "@countersign/trust/refusal";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import type { Read } from "@countersign/trust/workflow/step";

/** The newest root that follows from a trusted one, and why the one after it, if there is one, does not. */
export interface NewestRoot {
  readonly root: Envelope<Root>;
  readonly refusal: Refusal | undefined;
}

/** Walks the root chain one step at a time (TUF 5.3), so that a root that is not one costs nothing of what was proven before it. */
export async function newestRoot(trusted: Envelope<Root>, read: Read): Promise<NewestRoot> {
  for (let root = trusted; ; ) {
    const step = await nextRoots(root, hideRootsAfter(read, root.signed.version + 1), rootChainChecks);
    if (!step.outcome.ok) return { root, refusal: step.outcome.refusal };
    const [next] = step.outcome.value;
    if (next === undefined) return { root, refusal: undefined };
    root = next;
  }
}

function hideRootsAfter(read: Read, version: number): Read {
  return (path, maxBytes) => (path === `metadata/${version + 1}.root.json` ? Promise.resolve(accept(undefined)) : read(path, maxBytes));
}
