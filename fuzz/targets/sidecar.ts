// SPDX-License-Identifier: Apache-2.0
import { root } from "@countersign/trust/anchor/root";
import { decodeBytes } from "@countersign/trust/decode";
import { readEnvelope } from "@countersign/trust/envelope";
import { sidecarKey } from "@countersign/trust/key";
import { readSidecar, sidecarSigners } from "@countersign/trust/sidecar";
import { value } from "../anchor.ts";
import { seedIn, seedsIn } from "../corpus.ts";
import { promised, type Target } from "../target.ts";

/** Post-quantum signatures beside a file: whoever counts has signed this file in this role, and no mutant is counted twice. */
export const sidecar: Target = {
  name: "sidecar",
  corpus: ["sidecar"],
  form: "json",
  turn: 300,
  prepare: () => {
    const file = value(readEnvelope(root, seedIn("root"), "root"));
    const [keyid = ""] = value(readSidecar(seedIn("sidecar"))).signatures.map((signature) => signature.keyid);
    const key = value(decodeBytes(sidecarKey, seedsIn("sidecar-key")[0] ?? new Uint8Array(), "a key"));
    const demand = { repository: "hello.example", keys: { [keyid]: key }, keyids: [keyid], threshold: 1, ownerOf: () => "owner" };
    return (input) => {
      const read = readSidecar(input);
      if (!read.ok) return read;
      const { signatures } = read.value;
      promised(sidecarSigners("targets", file, signatures, demand).length === 0, "a signature counts for another role");
      const elsewhere = { ...demand, repository: "hello.other" };
      promised(sidecarSigners("root", file, signatures, elsewhere).length === 0, "a signature counts in another repository");
      promised(sidecarSigners("root", file, signatures, demand).length <= 1, "a key counts twice");
      return read;
    };
  },
};
