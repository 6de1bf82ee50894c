// SPDX-License-Identifier: Apache-2.0
// A log with whatever leaves, as a mirror serves it.
import assert from "node:assert/strict";
import { appendLeaves } from "@countersign/tlog/append";
import { encodeBundle } from "@countersign/tlog/bundle";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { encodeEntry } from "@countersign/tlog/entry";
import { leafHash, sha256 } from "@countersign/tlog/hash";
import { formatNote, formatSignature } from "@countersign/tlog/note";
import { cosign, type NoteSigner, signerFromSeed, signNote } from "@countersign/tlog/signer";
import { bundlePath, tilesBetween } from "@countersign/tlog/tile";
import { formatVkey, keyIdOf, type Vkey } from "@countersign/tlog/vkey";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";

const seed = (name: string): Uint8Array => sha256(Buffer.from(name));
const log: NoteSigner = signerFromSeed(seed("log"), "log.example", 1);
const witnesses: readonly NoteSigner[] = ["w1.example", "w2.example"].map((name) => signerFromSeed(seed(name), name, 4));
const vkey = ({ name, type, publicKey }: NoteSigner): Vkey => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });
export const trust: LedgerTrust = { origin: "log.example", log: vkey(log), witnesses: witnesses.map(vkey), quorum: 2 };

/** A leaf that is an entry. */
export const entry = (text: string): Uint8Array => encodeEntry({ type: "channel", digest: Buffer.from(seed(text)).toString("hex") });

/** What a root says of this log, as it is written. */
export const ledgerFields: object = {
  log: { origin: log.name, vkey: formatVkey(log.name, 1, log.publicKey) },
  witnesses: witnesses.map(({ name, publicKey }) => formatVkey(name, 4, publicKey)),
  witnessQuorum: 2,
};

/** The files of a log with these leaves, as a mirror serves them. */
export async function logOf(leaves: readonly Uint8Array[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const grown = await appendLeaves(0, leaves.map(leafHash), async () => undefined);
  assert.ok(grown.ok);
  for (const { path, bytes } of grown.value.tiles) files.set(`log/${path}`, bytes);
  for (const { level, index, width } of tilesBetween(0, leaves.length))
    if (level === 0) files.set(`log/${bundlePath(index, width)}`, encodeBundle(leaves.slice(index * 256, index * 256 + width)));
  const text = formatCheckpoint({ origin: "log.example", size: leaves.length, root: grown.value.root });
  const note = Buffer.from(formatNote(text, [await signNote(Buffer.from(text), log)]));
  const cosigned = await Promise.all(witnesses.map((witness) => cosign(Buffer.from(text), 1_700_000_000, witness)));
  files.set("log/checkpoint", Buffer.concat([note, ...cosigned.map((signature) => Buffer.from(formatSignature(signature)))]));
  return files;
}

export const serving =
  (files: ReadonlyMap<string, Uint8Array>): Read =>
  async (path) =>
    accept(files.get(path));
