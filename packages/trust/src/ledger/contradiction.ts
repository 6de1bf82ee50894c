// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from "@countersign/tlog/hash";
import { prefixRoot } from "@countersign/tlog/merkle";
import { verifyCheckpoint, verifyCosigned } from "@countersign/tlog/quorum";
import { array, closed, type Decoder, digest, literal, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";
import type { LedgerTrust } from "./checkpoint.ts";

/** Two checkpoints of one ledger that cannot both be honest: evidence for anybody who has the keys of the log and of its witnesses. */
export interface Contradiction {
  readonly _type: "ledger-contradiction";
  readonly spec: "countersign/1";
  /** Both as notes, with every signature, as they arrived. Of equal sizes either may come first. */
  readonly smaller: string;
  readonly larger: string;
  /** What the larger tree begins with, as its own hashes show it (`prefixProof`). Empty where the sizes are equal, and where nobody has shown it. */
  readonly prefix: readonly Digest[];
}

export const contradiction: Decoder<Contradiction> = closed<Contradiction>({
  _type: literal("ledger-contradiction"),
  spec: literal("countersign/1"),
  smaller: text,
  larger: text,
  prefix: array(digest, 0, 64),
});

/** A checkpoint as its note, and how large it says that the tree is: a `ClaimedCheckpoint`, or as much of one. */
export interface SizedNote {
  readonly note: string;
  readonly checkpoint: { readonly size: number };
}

/** The document of two checkpoints. `prefix` is a `prefixProof` from tiles of the larger tree. */
export function contradictionOf(a: SizedNote, b: SizedNote, prefix: readonly Uint8Array[] = []): Contradiction {
  const [smaller, larger] = a.checkpoint.size <= b.checkpoint.size ? [a.note, b.note] : [b.note, a.note];
  const hashes = prefix.map((hash) => Buffer.from(hash).toString("hex") as Digest);
  return { _type: "ledger-contradiction", spec: "countersign/1", smaller, larger, prefix: hashes };
}

/** What two checkpoints show. */
export interface Contradicted {
  /** `forked`: the log signed two trees of which neither holds the other. `rolled-back`: witnesses cosigned a smaller tree after a larger one. */
  readonly kind: "forked" | "rolled-back";
  /** Sizes of the two trees. */
  readonly smaller: number;
  readonly larger: number;
  /** The witnesses that lied as well: those who cosigned both trees of a fork, or the smaller tree later. */
  readonly witnesses: readonly string[];
}

/**
 * Verifies evidence, offline. The log signed both, and either the trees contradict each other, or witnesses went back. An older checkpoint that is served
 * again is neither, and `no-contradiction`; so are two of different sizes, where nothing shows what the larger tree begins with.
 */
export function verifyContradiction({ smaller, larger, prefix }: Contradiction, ledger: LedgerTrust): Outcome<Contradicted> {
  const before = verifyCheckpoint(utf8(smaller), ledger.origin, ledger.log);
  if (!before.ok) return before;
  const after = verifyCheckpoint(utf8(larger), ledger.origin, ledger.log);
  if (!after.ok) return after;
  const [m, n] = [before.value.checkpoint, after.value.checkpoint];
  const sizes = { smaller: m.size, larger: n.size };
  const [early, late] = [cosigners(smaller, ledger), cosigners(larger, ledger)];
  const both = [...early.keys()].filter((witness) => late.has(witness));

  const hashes = prefix.map((hash) => Buffer.from(hash, "hex"));
  const begins = prefixRoot(m.size, n.size, n.root, hashes);
  if (begins !== undefined && !equalBytes(begins, m.root)) return accept({ kind: "forked", ...sizes, witnesses: both });
  const wentBack = both.filter((witness) => m.size < n.size && (early.get(witness) ?? 0) > (late.get(witness) ?? 0));
  if (wentBack.length > 0) return accept({ kind: "rolled-back", ...sizes, witnesses: wentBack });
  return refuse(
    "no-contradiction",
    "two trees of which neither holds the other",
    begins === undefined ? `nothing that shows how the tree of ${n.size} begins` : `a tree of ${n.size} that extends the one of ${m.size}`,
    "Compare both with the ledger that others see: countersign ledger verify FILE --store URL",
  );
}

/** When each known witness cosigned a note, newest word first; those who did not, or did so badly, are left out. */
function cosigners(note: string, ledger: LedgerTrust): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const witness of ledger.witnesses) {
    const cosigned = verifyCosigned(utf8(note), { ...ledger, witnesses: [witness], quorum: 1 });
    if (cosigned.ok) times.set(witness.name, cosigned.value.times[0] ?? 0);
  }
  return times;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
