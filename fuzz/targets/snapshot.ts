// SPDX-License-Identifier: Apache-2.0
import { topAuthority } from "@countersign/trust/anchor/root";
import { snapshot as decoder } from "@countersign/trust/tuf/snapshot";
import { anchorRoot } from "../anchor.ts";
import { examineSigned } from "../signed-document.ts";
import type { Target } from "../target.ts";

/** A snapshot, every entry of its table decoded. */
export const snapshot: Target = {
  name: "snapshot",
  corpus: ["snapshot"],
  form: "json",
  turn: 1000,
  prepare: (seeds) => {
    const use = ({ meta }: ReturnType<typeof decoder>) => meta.entries();
    return examineSigned({ decoder, authority: topAuthority(anchorRoot(), "snapshot"), use }, seeds);
  },
};
