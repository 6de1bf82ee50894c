// SPDX-License-Identifier: Apache-2.0
import { root as decoder, topAuthority } from "@countersign/trust/anchor/root";
import { anchorRoot } from "../anchor.ts";
import { examineSigned } from "../signed-document.ts";
import type { Target } from "../target.ts";

/** Countersign's root, by its own keys. */
export const root: Target = {
  name: "root",
  corpus: ["root"],
  form: "json",
  turn: 500,
  prepare: (seeds) => examineSigned({ decoder, authority: topAuthority(anchorRoot(), "root") }, seeds),
};
