// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from "./base64.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { parseDecimal } from "./decimal.ts";
import { equalBytes, HASH_BYTES, leafHash } from "./hash.ts";
import { verifyInclusion } from "./merkle.ts";
import { type CosignedCheckpoint, type LogTrust, logOf, verifyCosigned } from "./quorum.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/** What a `.tlog-proof` file says (c2sp.org/tlog-proof): all that is needed, offline, to see that an entry is in a log. */
export interface TlogProof {
  readonly index: number;
  /** The inclusion proof, the leaf's sibling first. */
  readonly hashes: readonly Uint8Array[];
  /** The signed and cosigned checkpoint, verbatim. */
  readonly note: string;
  /** Bytes that nothing authenticates. We write none and use none. */
  readonly extra?: Uint8Array;
}

/** A proven place in a log. */
export interface ProvenEntry {
  readonly index: number;
  readonly cosigned: CosignedCheckpoint;
}

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_PROOF_HASHES = 63;

/** Prints a proof file. */
export function formatTlogProof({ index, hashes, note, extra }: TlogProof): string {
  const extraLine = extra === undefined ? [] : [`extra ${encodeBase64(extra)}`];
  return [HEADER, ...extraLine, `index ${index}`, ...hashes.map(encodeBase64), "", note].join("\n");
}

/** Reads a proof file and accepts only what `formatTlogProof` prints. The checkpoint in it stays text; nothing is verified. */
export function parseTlogProof(text: string): Outcome<TlogProof> {
  const split = text.indexOf("\n\n");
  if (split === -1) return malformed("a head, an empty line, a checkpoint", "no empty line");
  const lines = text.slice(0, split).split("\n");
  const header = lines.shift();
  if (header !== HEADER) return malformed(HEADER, header ?? "");

  const extra = lines[0]?.startsWith("extra ") ? decodeBase64(lines.shift()?.slice(6) ?? "") : null;
  if (extra === undefined) return malformed("extra <base64>", "another line");
  const indexLine = lines.shift() ?? "";
  const index = indexLine.startsWith("index ") ? parseDecimal(indexLine.slice(6)) : undefined;
  if (index === undefined) return malformed("index <number>", indexLine);
  if (lines.length > MAX_PROOF_HASHES) return malformed(`at most ${MAX_PROOF_HASHES} hashes`, `${lines.length}`);
  const hashes: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== HASH_BYTES) return malformed("a hash in base64", line);
    hashes.push(hash);
  }
  return accept({ index, hashes, note: text.slice(split + 2), ...(extra === null ? {} : { extra }) });
}

/**
 * Whether this very entry is in the log, or in a former one, under a checkpoint that the log signed and the quorum cosigned. The leaf hash is always
 * computed here, from the entry that the caller holds. How fresh the times must be is the caller's rule.
 */
export function verifyTlogProof(proof: string, entry: Uint8Array, trust: LogTrust): Outcome<ProvenEntry> {
  const parsed = parseTlogProof(proof);
  if (!parsed.ok) return parsed;
  const { index, hashes, note } = parsed.value;
  const log = logOf(note.slice(0, note.indexOf("\n")), trust);
  const cosigned = verifyCosigned(new TextEncoder().encode(note), log);
  if (!cosigned.ok) return cosigned;
  if ("final" in log && isBeyond(cosigned.value.checkpoint, log.final))
    return refuse(
      "log-closed",
      `a tree of at most ${log.final.size} entries, the last of this log`,
      `${cosigned.value.checkpoint.size}`,
      "log the entry in the log that is followed now",
    );
  const { size, root } = cosigned.value.checkpoint;
  if (!verifyInclusion(index, size, leafHash(entry), hashes, root)) {
    return refuse(
      "inclusion-unproven",
      `the entry at ${index} of ${size}`,
      "another leaf or another tree",
      "ask the ledger for the proof of this entry",
    );
  }
  return accept({ index, cosigned: cosigned.value });
}

function isBeyond({ size, root }: Checkpoint, final: Checkpoint): boolean {
  return size > final.size || (size === final.size && !equalBytes(root, final.root));
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("proof-malformed", expected, found.slice(0, 80), "ask the ledger for the proof again");
}
