// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from "@countersign/trust/decode";
import { signersOf } from "@countersign/trust/quorum";
import { revocationLists, servedLists } from "@countersign/trust/revocation/list";
import { anchorPolicy, value } from "../anchor.ts";
import { promised, type Target } from "../target.ts";

/** Revocation lists: one that its revoker's key signed says what that revoker said. */
export const revocations: Target = {
  name: "revocations",
  corpus: ["revocations"],
  form: "json",
  turn: 500,
  prepare: (seeds) => {
    const { revokers, holders } = anchorPolicy();
    const keys = Object.fromEntries(Object.values(revokers).flatMap((id) => (holders[id] === undefined ? [] : [[id, holders[id].key]])));
    const authority = { keys, keyids: Object.keys(keys), threshold: 1 };
    const honest = new Set(
      seeds.flatMap((seed) =>
        value(decodeBytes(revocationLists, seed, "seed")).lists.map(({ message }) => Buffer.from(message).toString()),
      ),
    );
    return (input) => {
      const read = decodeBytes(servedLists, input, "revocations");
      if (!read.ok) return read;
      for (const list of read.value.lists)
        if (list.ok && signersOf(list.value, authority).length > 0)
          promised(honest.has(Buffer.from(list.value.message).toString()), "a list that no revoker signed");
      return read;
    };
  },
};
