// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { replaceDelegatedKey } from "@countersign/repository/edit/delegation-edits";
import { fieldOf, fileOf, readMessage, versionOf } from "@countersign/repository/edit/message";
import { revise } from "@countersign/repository/edit/revise";
import { splice } from "@countersign/repository/edit/splice";
import { setTarget } from "@countersign/repository/edit/target-edits";
import { readFrom } from "@countersign/repository/read-from";
import { signMessage } from "@countersign/repository/sign-document";
import type { Store } from "@countersign/repository/store";
import { targetFileOf, targetStorePath } from "@countersign/repository/target-path";
import { openRepository } from "@countersign/repository/view";
import { canonicalBytes, type Json, servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { makeKey } from "./found.ts";
import { recordKey, recordSuccessor } from "./key-records.ts";
import { dutyDirectory, type Project, placeIn } from "./project.ts";

/**
 * What the owners do to replace a channel signer's key, and nothing else: a new key in its own directory, a policy that knows who holds it, targets that
 * delegate to it in the place of the old one, signed by their quorum, and both into the store. The record of the old key names the new one. The rest follows by itself: the channel file is renewed by the
 * signers who stay, and publish lists it together with the targets.
 */
export async function replaceSigner(
  project: Project,
  store: Store,
  anchor: Uint8Array,
  leaving: { readonly holder: string; readonly owner: string },
  arriving: string,
): Promise<Outcome<CustodyKey>> {
  const view = await openRepository(readFrom(store), anchor, Date.now());
  if (!view.ok) return view;
  const { targets } = view.value;
  const old = await keyOf(project, leaving.holder);
  const directory = dutyDirectory(project, arriving);
  const facts = { owner: leaving.owner, purpose: `sign ${project.plan.channel}` };
  const key = recordKey(directory, await makeKey(directory, "ecdsa-p256"), facts);
  recordSuccessor(dutyDirectory(project, leaving.holder), key.keyid);

  const policyBytes = await store.read(targetStorePath("policy.json", view.value.policyDigest));
  const policy = canonicalBytes(JSON.parse(Buffer.from(policyBytes ?? "").toString()));
  const holder = { key: key.tuf, holder: arriving, owner: leaving.owner } as unknown as Json;
  const nextPolicy = splice(policy, [
    { path: ["version"], value: versionOf(policy) + 1 },
    { path: ["holders", key.keyid], value: holder },
    { path: ["holders", old.keyid], value: undefined },
    { path: ["custody", key.keyid], value: "encrypted-file" },
    { path: ["custody", old.keyid], value: undefined },
  ]);
  const served = servedBytes(fieldOf(nextPolicy));

  const read = readMessage(targets.bytes, "targets");
  if (!read.ok) return read;
  const { message } = read.value;
  const changes = [setTarget("policy.json", targetFileOf(served)), ...replaceDelegatedKey(message, old.keyid, key.tuf)];
  const next = revise(message, targets.signed.expires, changes);
  const signers = await Promise.all(project.plan.targets.holders.map((each) => keyOf(project, each.holder)));
  await store.write(targetStorePath("policy.json", sha256(served)), served);
  await store.write(`metadata/${versionOf(next)}.targets.json`, fileOf(next, await signMessage(next, signers)));
  return accept(key);
}

function keyOf(project: Project, holder: string): Promise<CustodyKey> {
  return openKey(placeIn(dutyDirectory(project, holder)));
}
