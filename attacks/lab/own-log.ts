// SPDX-License-Identifier: Apache-2.0
import type { LedgerClient, Logged } from "@countersign/repository/ledger-client";
import { formatAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { appendLeaves } from "@countersign/tlog/append";
import { decodeBundle, encodeBundle } from "@countersign/tlog/bundle";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { type Entry, encodeEntry } from "@countersign/tlog/entry";
import { equalBytes, leafHash } from "@countersign/tlog/hash";
import { formatNote, type NoteSignature, parseSignatureLine } from "@countersign/tlog/note";
import { formatTlogProof } from "@countersign/tlog/proof";
import { cosign, type NoteSigner, rawPublicKey, signNote } from "@countersign/tlog/signer";
import { bundlePath, TILE_WIDTH, tileWidth } from "@countersign/tlog/tile";
import { consistencyProof, inclusionProof } from "@countersign/tlog/tree";
import type { Vkey } from "@countersign/tlog/vkey";
import { accept } from "@countersign/trust/refusal";
import { WitnessStore } from "@countersign/witness/store";
import { type Answer, addCheckpoint, type Witness } from "@countersign/witness/witness";
import type { Project } from "@countersign/world/project";
import type { Strike } from "./attack.ts";
import { type Base, keyOf, taken } from "./base.ts";
import type { Files } from "./mirror.ts";
import { inventedEntry } from "./seen.ts";

/** What a witness is asked: a checkpoint that the log signed, and whatever proof it wants from the size that it knows. */
export interface Asked {
  readonly text: string;
  readonly note: string;
  readonly proofFrom: (size: number) => Promise<readonly Uint8Array[]>;
  /** Unix seconds. */
  readonly time: number;
}

/** Who cosigns, or declines. */
export type Cosigner = (asked: Asked) => Promise<NoteSignature | undefined>;

/** A log of the attacker's making: it signs with the log's own key whatever it likes, and honest or lying witnesses cosign. */
export interface OwnLog extends LedgerClient {
  /** What time it is from now on, Unix seconds. */
  at(time: number): OwnLog;
  /** Its newest checkpoint, cosigned now. */
  note(): Promise<string>;
  /** What a witness is asked that is to cosign it now. */
  asks(): Promise<Asked>;
  /** Its files, over those of a store. */
  files(): Promise<Files>;
}

/** A log that begins with the first `size` entries of the honest one, and goes on as it is told. */
export async function ownLog(base: Base, size: number, log: NoteSigner, witnesses: readonly Cosigner[]): Promise<OwnLog> {
  const tiles = new Map<string, Uint8Array>();
  const readTile = async (path: string): Promise<Uint8Array | undefined> => tiles.get(path);
  const leaves: Uint8Array[] = [];
  let root: Uint8Array = new Uint8Array();
  let time = base.view.time;
  let turn: Promise<unknown> = Promise.resolve();
  const grow = async (added: readonly Uint8Array[]): Promise<void> => {
    const grown = taken(await appendLeaves(leaves.length, added.map(leafHash), readTile));
    for (const { path, bytes } of grown.tiles) tiles.set(path, bytes);
    leaves.push(...added);
    root = grown.root;
  };
  await grow(await leavesOf(base, size));

  const asks = async (): Promise<Asked & { readonly signed: NoteSignature }> => {
    const text = formatCheckpoint({ origin: base.view.ledger.origin, size: leaves.length, root });
    const signed = await signNote(Buffer.from(text), log);
    const { length } = leaves;
    const proofFrom = async (old: number) => (old === 0 || old > length ? [] : taken(await consistencyProof(old, length, readTile)));
    return { text, signed, note: formatNote(text, [signed]), proofFrom, time };
  };
  const note = async (): Promise<string> => {
    const asked = await asks();
    const cosigned = await Promise.all(witnesses.map((witness) => witness(asked)));
    return formatNote(asked.text, [asked.signed, ...cosigned.filter((each) => each !== undefined)]);
  };
  const prove = async (entry: Entry): Promise<Logged> => {
    const index = leaves.findIndex((leaf) => equalBytes(leaf, encodeEntry(entry)));
    return {
      index,
      proof: formatTlogProof({ index, hashes: taken(await inclusionProof(index, leaves.length, readTile)), note: await note() }),
    };
  };
  const own: OwnLog = {
    at(now) {
      time = now;
      return own;
    },
    asks,
    note,
    append(entry) {
      const appended = turn.then(async () => {
        await grow([encodeEntry(entry)]);
        return accept(await prove(entry));
      });
      turn = appended; // one after the other, however many ask at once
      return appended;
    },
    prove: async (entry) => accept(await prove(entry)),
    checkpoint: async () => accept(await note()),
    async files() {
      const files = new Map<string, Uint8Array>([["log/checkpoint", Buffer.from(await note())]]);
      for (const [path, bytes] of tiles) files.set(`log/${path}`, bytes);
      for (let bundle = 0; bundle * TILE_WIDTH < leaves.length; bundle++) {
        const entries = leaves.slice(bundle * TILE_WIDTH, (bundle + 1) * TILE_WIDTH);
        files.set(`log/${bundlePath(bundle, entries.length)}`, encodeBundle(entries));
      }
      return files;
    },
  };
  return own;
}

/** Lets it be larger than the honest one is by now, as that has to grow as well. */
export async function outgrow(ledger: OwnLog, { view }: Base): Promise<OwnLog> {
  const { size } = view.checkpoint.checkpoint;
  for (let count = 0, index = 0; index < size; count++) ({ index } = taken(await ledger.append(inventedEntry(`${count}`))));
  return ledger;
}

async function leavesOf({ store, view }: Base, size: number): Promise<readonly Uint8Array[]> {
  const whole = view.checkpoint.checkpoint.size;
  const leaves: Uint8Array[] = [];
  for (let bundle = 0; bundle * TILE_WIDTH < size; bundle++) {
    const bytes = await store.read(`log/${bundlePath(bundle, tileWidth(0, bundle, whole))}`);
    leaves.push(...taken(decodeBundle(bytes ?? new Uint8Array())));
  }
  return leaves.slice(0, size);
}

/** The log's key, stolen. */
export function logSigner(project: Project, base: Base): Promise<NoteSigner> {
  return signerOf(project, "ledger", base.view.ledger.log);
}

/** The honest ledger, as it goes on a second later: it takes entries from anybody, and its witnesses have no reason to decline. */
export async function honestLog(project: Project, base: Base): Promise<OwnLog> {
  const witnesses = project.plan.witnesses.map(({ holder }) => honestWitness(project, base, holder));
  const own = await ownLog(base, base.view.checkpoint.checkpoint.size, await logSigner(project, base), await Promise.all(witnesses));
  return own.at(base.view.time + 1);
}

/** Whoever signs as a witness. */
export function witnessNamed(signer: NoteSigner, timeOf: (now: number) => number = (now) => now): Cosigner {
  return ({ text, time }) => cosign(Buffer.from(text), timeOf(time), signer);
}

/** A witness's key in the attacker's hands: it cosigns whatever it is shown, at any time that suits. */
export async function lyingWitness(project: Project, base: Base, holder: string, timeOf?: (now: number) => number): Promise<Cosigner> {
  return witnessNamed(await witnessSigner(project, base, holder), timeOf);
}

/** A witness as it is shipped, that has cosigned the checkpoint of the base: what it is shown must extend that. */
export async function honestWitness(project: Project, base: Base, holder: string): Promise<Cosigner> {
  const witness = await witnessOf(project, base, holder);
  return async (asked) => {
    const answer = await ask(witness, base, asked);
    return answer.status === 200 ? parseSignatureLine(answer.cosignature.trimEnd()) : undefined;
  };
}

/** Asks the same to cosign a log of the attacker's making, once, from the size `old` on, which is what the witness has cosigned unless told; success is that it does. */
export async function strikeWitness(project: Project, base: Base, holder: string, own: OwnLog, old?: number): Promise<Strike> {
  const { note, proofFrom, time } = await own.asks();
  const answer = await ask(await witnessOf(project, base, holder), base, { note, proofFrom, time }, old);
  if (answer.status === 200) return { succeeded: true, evidence: "it cosigns" };
  if (answer.status === 409) return { succeeded: false, check: "409", at: "witness", evidence: `it has cosigned ${answer.size} entries` };
  const { code, expected, found } = answer.refusal;
  return { succeeded: false, check: code, at: "witness", evidence: `expected ${expected}; found ${found}` };
}

type Shipped = Omit<Witness, "now">;

async function witnessOf(project: Project, base: Base, holder: string): Promise<Shipped> {
  const { log, origin } = base.view.ledger;
  const { note, checkpoint } = base.view.checkpoint;
  const store = new WitnessStore(":memory:");
  store.advance(origin, undefined, { size: checkpoint.size, root: checkpoint.root, note });
  return { store, logs: [log], signer: await witnessSigner(project, base, holder) };
}

async function ask(witness: Shipped, { view }: Base, { note, proofFrom, time }: Omit<Asked, "text">, from?: number): Promise<Answer> {
  const old = from ?? witness.store.latest(view.ledger.origin)?.size ?? 0;
  const proof = await proofFrom(old);
  return addCheckpoint(formatAddCheckpoint({ old, proof, note: Buffer.from(note) }), { ...witness, now: () => time });
}

async function witnessSigner(project: Project, { view }: Base, holder: string): Promise<NoteSigner> {
  const publicKey = rawPublicKey((await keyOf(project, holder)).publicKey);
  const named = view.ledger.witnesses.find((witness) => equalBytes(witness.publicKey, publicKey));
  if (named === undefined) throw new Error(`${holder} is no witness`);
  return signerOf(project, holder, named);
}

async function signerOf(project: Project, holder: string, { name, type, publicKey }: Vkey): Promise<NoteSigner> {
  const key = await keyOf(project, holder);
  return { name, type, publicKey, sign: (message) => key.sign(message) };
}
