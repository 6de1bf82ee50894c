// SPDX-License-Identifier: Apache-2.0
import { topAuthority } from "@countersign/trust/anchor/root";
import { timestamp as decoder } from "@countersign/trust/anchor/timestamp";
import { claimedCheckpoint, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { anchorRoot } from "../anchor.ts";
import { examineSigned } from "../signed-document.ts";
import type { Target } from "../target.ts";

/** Countersign's timestamp, and the checkpoint that it carries. */
export const timestamp: Target = {
  name: "timestamp",
  corpus: ["timestamp"],
  form: "json",
  turn: 1000,
  prepare: (seeds) => {
    const root = anchorRoot();
    const ledger = ledgerTrust(root);
    const use = ({ countersign }: ReturnType<typeof decoder>) => claimedCheckpoint(countersign.checkpoint, ledger);
    return examineSigned({ decoder, authority: topAuthority(root, "timestamp"), use }, seeds);
  },
};
