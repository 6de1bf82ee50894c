// SPDX-License-Identifier: Apache-2.0
import { formatAddCheckpoint, parseAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { decodeBundle, encodeBundle } from "@countersign/tlog/bundle";
import { formatCheckpoint, parseCheckpoint } from "@countersign/tlog/checkpoint";
import { encodeEntry, parseEntry } from "@countersign/tlog/entry";
import { formatNote, parseNote } from "@countersign/tlog/note";
import { accept } from "@countersign/tlog/refusal";
import { promised, type Target } from "../target.ts";

/** A note, and the checkpoint in it: what is accepted is what our own writer prints, to the byte. */
export const note: Target = {
  name: "note",
  corpus: ["note"],
  form: "text",
  turn: 4000,
  prepare: () => (input) => {
    const read = parseNote(input);
    if (!read.ok) return read;
    same(Buffer.from(formatNote(read.value.text, read.value.signatures)), input, "a note");
    const checkpoint = parseCheckpoint(read.value.text);
    if (checkpoint.ok) promised(read.value.text.startsWith(formatCheckpoint(checkpoint.value)), "a checkpoint has two spellings");
    return checkpoint;
  },
};

/** What a witness is sent. */
export const addCheckpoint: Target = {
  name: "add-checkpoint",
  corpus: ["add-checkpoint"],
  form: "text",
  turn: 4000,
  prepare: () => (input) => {
    const read = parseAddCheckpoint(input);
    if (read.ok) same(formatAddCheckpoint(read.value), input, "a body");
    return read;
  },
};

/** A bundle of ledger entries, and each entry in it. */
export const bundle: Target = {
  name: "bundle",
  corpus: ["bundle"],
  form: "bytes",
  turn: 4000,
  prepare: () => (input) => {
    const read = decodeBundle(input);
    if (!read.ok) return read;
    same(encodeBundle(read.value), input, "a bundle");
    for (const bytes of read.value) {
      const entry = parseEntry(bytes);
      if (!entry.ok) return entry;
      same(encodeEntry(entry.value), bytes, "an entry");
    }
    return accept(read.value.length);
  },
};

function same(written: Uint8Array, read: Uint8Array, what: string): void {
  promised(Buffer.compare(written, read) === 0, `${what} was accepted that our writer does not write`);
}
