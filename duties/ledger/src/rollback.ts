// SPDX-License-Identifier: Apache-2.0
import { exchange } from "@countersign/daemon/client";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { EMPTY_ROOT, equalBytes, sha256 } from "@countersign/tlog/hash";
import { verifyCheckpoint } from "@countersign/tlog/quorum";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import type { NoteSigner } from "@countersign/tlog/signer";
import { bundlePath, tilePath, tilesBetween } from "@countersign/tlog/tile";
import { treeRoot } from "@countersign/tlog/tree";
import type { Vkey } from "@countersign/tlog/vkey";
import type { WitnessAddress } from "./config.ts";
import { signHead } from "./integrate.ts";
import type { LogFiles } from "./log-files.ts";
import type { Head, LedgerState } from "./state.ts";

/** A witness that is down does not keep the ledger from starting: nothing new is signed before a quorum cosigned the head. */
const TIMEOUT_MILLISECONDS = 2000;

/**
 * The head to go on from: the one in the state, or a fresh one where neither state nor store know any log.
 *
 * Refuses to go on from an old copy of either: a state without a log that the store has, a head whose tiles or bundles are not all
 * there, and any checkpoint with this log's signature (published, or remembered by a witness) that the head does not extend.
 */
export async function resumeHead(
  state: LedgerState,
  files: LogFiles,
  signer: NoteSigner,
  log: Vkey,
  witnesses: readonly WitnessAddress[],
): Promise<Outcome<Head>> {
  const head = state.head() ?? (await firstHead(state, files, signer));
  if (head === undefined) return rolledBack("the state of the log in the store", "a state that knows of no log");
  const own = verifyCheckpoint(Buffer.from(head.note), signer.name, log);
  if (!own.ok) return own;

  for (const tile of tilesBetween(0, head.size)) {
    const paths = [tilePath(tile), ...(tile.level === 0 ? [bundlePath(tile.index, tile.width)] : [])];
    for (const path of paths) if (!(await files.has(path))) return rolledBack(path, "no such file in the store");
  }
  const root = await treeRoot(head.size, files.read);
  if (!root.ok) return root;
  if (!equalBytes(root.value, head.root)) return rolledBack(`the tiles of the tree of size ${head.size}`, "other tiles in the store");

  const published = await files.read("checkpoint");
  const remembered = await Promise.all(witnesses.map(({ url }) => askWitness(url, signer.name)));
  for (const note of [published, ...remembered]) {
    if (note === undefined) continue;
    const seen = verifyCheckpoint(note, signer.name, log);
    if (!seen.ok && note !== published) continue; // a witness may say anything: only our own signature is evidence
    if (!seen.ok) return seen;
    const contradiction = await contradicts(seen.value.checkpoint, head, files);
    if (contradiction !== undefined) return rolledBack(contradiction, `a head of size ${head.size}`);
  }
  return accept(head);
}

async function firstHead(state: LedgerState, files: LogFiles, signer: NoteSigner): Promise<Head | undefined> {
  if (!(await files.isEmpty())) return undefined;
  const head = await signHead(0, EMPTY_ROOT, signer);
  state.begin(head);
  return head;
}

/** What the head lacks to extend a checkpoint that this log signed before; undefined when it does extend it. */
async function contradicts({ size, root }: Checkpoint, head: Head, files: LogFiles): Promise<string | undefined> {
  if (size > head.size) return `a head of size ${size} or more`;
  const then = await treeRoot(size, files.read);
  return then.ok && equalBytes(then.value, root) ? undefined : `the tree of size ${size} that this log has signed`;
}

async function askWitness(url: string, origin: string): Promise<Uint8Array | undefined> {
  const name = Buffer.from(sha256(Buffer.from(origin))).toString("hex");
  const answer = await exchange(`${url}/${name}/checkpoint`, { timeoutMilliseconds: TIMEOUT_MILLISECONDS, maxBytes: 131_072 });
  return answer.ok && answer.value.status === 200 ? answer.value.body : undefined;
}

function rolledBack(expected: string, found: string): Outcome<never> {
  const remedy = "stop; restore the newest state and store together, or end this log and begin another under a new origin";
  return refuse("ledger-rolled-back", expected, found, remedy);
}
