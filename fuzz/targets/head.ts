// SPDX-License-Identifier: Apache-2.0
import { servedBytes } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { signersOf } from "@countersign/trust/quorum";
import { approvalsDigest } from "@countersign/trust/release/approval";
import { head as decoder, type Head, headDocument } from "@countersign/trust/release/head";
import { anchorPolicy, value } from "../anchor.ts";
import { promised, type Target } from "../target.ts";

/** Heads with their entries: what people are counted to have approved is what they approved, and writing it again changes no digest. */
export const head: Target = {
  name: "head",
  corpus: ["head"],
  form: "json",
  turn: 200,
  prepare: (seeds) => {
    const { holders } = anchorPolicy();
    const keys = Object.fromEntries(Object.entries(holders).map(([keyid, { key }]) => [keyid, key]));
    const authority = { keys, keyids: Object.keys(keys), threshold: 1 };
    const signed = (read: Head): string[] =>
      [...read.releases, ...read.orders].flatMap((entry) =>
        entry.approvals.flatMap((approval) => signersOf(approval, authority).map((keyid) => `${keyid} ${Buffer.from(approval.message)}`)),
      );
    const honest = new Set(seeds.flatMap((seed) => signed(value(decodeBytes(decoder, seed, "seed")))));
    return (input) => {
      const read = decodeBytes(decoder, input, "head");
      if (!read.ok) return read;
      for (const voice of signed(read.value)) promised(honest.has(voice), "an approval that nobody gave");
      const again = value(decodeBytes(decoder, servedBytes(headDocument(read.value)), "head"));
      promised(digests(again) === digests(read.value), "written again, it has other digests");
      return read;
    };
  },
};

function digests({ releases, orders }: Head): string {
  return [...releases, ...orders].map((entry) => `${entry.digest} ${approvalsDigest(entry.approvals)}`).join();
}
