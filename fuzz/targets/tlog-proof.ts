// SPDX-License-Identifier: Apache-2.0
import { type Entry, encodeEntry } from "@countersign/tlog/entry";
import { formatTlogProof, parseTlogProof, verifyTlogProof } from "@countersign/tlog/proof";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { sha256 } from "@countersign/trust/digest";
import { ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { anchorRoot, value } from "../anchor.ts";
import { seedsIn } from "../corpus.ts";
import { promised, type Target } from "../target.ts";

/** Proofs of what is in the ledger: a mutant proves only what an honest proof of the same entry proves. */
export const tlogProof: Target = {
  name: "tlog-proof",
  corpus: ["tlog-proof"],
  form: "text",
  turn: 500,
  prepare: (seeds) => {
    const ledger = ledgerTrust(anchorRoot());
    const logged = (folder: string, type: "root" | "targets" | "channel"): Uint8Array[] =>
      seedsIn(folder).map((bytes) => encodeEntry({ type, digest: sha256(bytes) } satisfies Entry));
    const entries = [...logged("root", "root"), ...logged("targets", "targets"), ...logged("stable", "channel")];
    const claim = (entry: Uint8Array, proof: string): string | undefined => {
      const verified = verifyTlogProof(proof, entry, ledger);
      if (!verified.ok) return undefined;
      const { index, cosigned } = verified.value;
      return `${Buffer.from(entry)} at ${index} of ${cosigned.checkpoint.size} ${Buffer.from(cosigned.checkpoint.root).toString("hex")}`;
    };
    const honest = new Set(seeds.flatMap((seed) => entries.map((entry) => claim(entry, Buffer.from(seed).toString()))));
    return (input) => {
      const text = Buffer.from(input).toString();
      const read = parseTlogProof(text);
      if (!read.ok) return read;
      promised(formatTlogProof(read.value) === text, "a proof was accepted that our writer does not write");
      const cosigned = verifyCosigned(Buffer.from(read.value.note), ledger);
      if (!cosigned.ok) return cosigned;
      const claims = entries.map((entry) => claim(entry, text)).filter((claimed) => claimed !== undefined);
      for (const claimed of claims) promised(honest.has(claimed), `a proof of what nobody logged: ${claimed}`);
      return cosigned;
    };
  },
};

/** Checkpoints with their cosignatures: a mutant says what an honest one says, at times that its witnesses said. */
export const checkpoint: Target = {
  name: "checkpoint",
  corpus: ["note"],
  form: "text",
  turn: 500,
  prepare: (seeds) => {
    const ledger = ledgerTrust(anchorRoot());
    const honest = seeds.map((seed) => value(verifyCosigned(seed, ledger)));
    const said = new Set(honest.map((each) => JSON.stringify(each.checkpoint)));
    const times = new Set(honest.flatMap((each) => each.times));
    return (input) => {
      const read = verifyCosigned(input, ledger);
      if (!read.ok) return read;
      promised(said.has(JSON.stringify(read.value.checkpoint)), "a checkpoint that nobody cosigned");
      promised(
        read.value.times.every((time) => times.has(time)),
        "a time that no witness said",
      );
      return read;
    };
  },
};
