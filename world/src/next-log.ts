// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openKey } from "@countersign/custody/place";
import { followLog } from "@countersign/repository/edit/log-edits";
import { fieldOf, fileOf, versionOf } from "@countersign/repository/edit/message";
import { revise } from "@countersign/repository/edit/revise";
import { readFrom } from "@countersign/repository/read-from";
import { signMessage } from "@countersign/repository/sign-document";
import type { Store } from "@countersign/repository/store";
import { openRepository } from "@countersign/repository/view";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import type { Json } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { proofPath } from "@countersign/trust/workflow/step";
import { makeKey } from "./found.ts";
import { dutyDirectory, type Project, placeIn, storeDirectory } from "./project.ts";

/** A log that is to take the ledger's place. */
export interface NextLog {
  readonly origin: string;
  readonly vkey: string;
  /** Where its key lives. */
  readonly holder: string;
}

/** Its key, in a directory of its own. */
export async function makeNextLog(project: Project, holder: string, origin: string): Promise<NextLog> {
  const { publicKey } = await makeKey(dutyDirectory(project, holder), "ed25519");
  return { origin, vkey: formatVkey(origin, 1, rawPublicKey(publicKey)), holder };
}

/**
 * What the owners do that another log is followed: the next root, signed by their quorum, which pins the newest tree of the log before as its last. Answers where
 * publish will put the proof that the old log holds that root: then the old one may be stopped.
 */
export async function followNextLog(
  project: Project,
  store: Store,
  anchor: Uint8Array,
  { origin, vkey }: NextLog,
): Promise<Outcome<string>> {
  const view = await openRepository(readFrom(store), anchor, Date.now());
  if (!view.ok) return view;
  const { root, checkpoint } = view.value;
  const witnesses = fieldOf(root.message, "countersign", "witnesses") as Json;
  const next = { log: { origin, vkey }, witnesses, witnessQuorum: root.signed.countersign.witnessQuorum };
  const message = revise(root.message, root.signed.expires, followLog(root.message, next, checkpoint.checkpoint));
  const signers = await Promise.all(project.plan.root.holders.map(({ holder }) => openKey(placeIn(dutyDirectory(project, holder)))));
  const bytes = fileOf(message, await signMessage(message, signers));
  await store.write(`metadata/${versionOf(message)}.root.json`, bytes);
  return accept(proofPath(sha256(bytes)));
}

/** Moves the files of a log that is over to where they are looked for from then on. Its process must have ended. */
export async function stepAside(project: Project, origin: string): Promise<void> {
  const place = join(storeDirectory(project), formerLogPrefix(origin));
  await mkdir(dirname(place), { recursive: true });
  await rename(join(storeDirectory(project), "log"), place);
}
