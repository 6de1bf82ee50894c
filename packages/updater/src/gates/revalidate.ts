// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import { type Gate, gate, goOn } from "../gate.ts";
import { type TreeManifest, verifyTree } from "../tree.ts";

/** A staged tree, held once more against its manifest. */
interface TreeCheck {
  readonly name: string;
  readonly examine: typeof verifyTree;
}

const unchanged: TreeCheck = { name: "revalidate/tree", examine: verifyTree };

/** Gate 15: what will be installed is still what was verified: every file is read again, and nothing was added. */
export const revalidateGate: Gate = gate({
  number: 15,
  name: "re-validate",
  checks: { tree: [unchanged] },
  async pass(attempt, checks) {
    const { staging = "", manifest = { files: [] } satisfies TreeManifest } = attempt.found;
    for (const check of checks.tree) {
      const refusal = await check.examine(staging, manifest);
      if (refusal !== undefined) return attempt.refused(refusal);
      const said = { expected: "the tree that was staged", found: `${manifest.files.length} files, all equal` };
      attempt.note({ verdicts: [{ check: check.name, source: "check and use are one", ...said }], outcome: accept(undefined) });
    }
    return goOn;
  },
});
