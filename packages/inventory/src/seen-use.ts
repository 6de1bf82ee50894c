// SPDX-License-Identifier: Apache-2.0
import { readHeads } from "@countersign/repository/read-heads";
import type { RepositoryView } from "@countersign/repository/view";
import { parseCosignature } from "@countersign/tlog/cosignature";
import { parseNote } from "@countersign/tlog/note";
import { topAuthority } from "@countersign/trust/anchor/root";
import { channelAuthority } from "@countersign/trust/anchor/targets";
import { builderOf } from "@countersign/trust/build/builder";
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { publicSince } from "@countersign/trust/ledger/inclusion";
import { keyidOfVkey } from "@countersign/trust/ledger/log-key";
import { type Authority, signersOf } from "@countersign/trust/quorum";
import { readThroughChecks } from "@countersign/trust/readthrough/checks";
import { readReadThrough, readThroughBytes, readThroughPath } from "@countersign/trust/readthrough/read-through";
import { listChecks, listTime } from "@countersign/trust/revocation/checks";
import { servedLists } from "@countersign/trust/revocation/list";
import { readAttestation } from "@countersign/trust/workflow/attestations";
import { type Read, readFile, readProof } from "@countersign/trust/workflow/step";

/** When a key was last seen at work in what is published. Witnessed, Unix seconds. */
export interface Use {
  readonly time: number;
  readonly for: string;
}

/**
 * The last use of each key that can be seen in what is published and verified. A key that is absent may have been used for what was replaced since, or for
 * what is not published.
 */
export async function usesSeen(view: RepositoryView, read: Read): Promise<ReadonlyMap<string, Use>> {
  const uses = new Map<string, Use>();
  const note = (keyid: string, use: Use): void => {
    if (use.time > (uses.get(keyid)?.time ?? 0)) uses.set(keyid, use);
  };
  const { root, ledger, time } = view;
  noteLog(view, note);
  for (const role of ["timestamp", "snapshot"] as const)
    for (const keyid of signersOf(view[role], topAuthority(root.signed, role))) note(keyid, { time, for: role });
  await noteLogged("root", root, topAuthority(root.signed, "root"));
  await noteLogged("targets", view.targets, topAuthority(root.signed, "targets"));
  for (const [channel, file] of view.channels) {
    const authority = channelAuthority(view.targets.signed, channel);
    if (authority !== undefined) await noteLogged(channel, file, authority);
    await noteHeads(channel);
  }
  await noteLists();
  await noteReadThroughs();
  return uses;

  async function noteLogged(what: string, document: Parameters<typeof signersOf>[0] & { readonly digest: string }, by: Authority) {
    const proof = await readProof(read, document.digest);
    const since = proof.ok ? publicSince(proof.value, ledger) : proof;
    if (since.ok) for (const keyid of signersOf(document, by)) note(keyid, { time: since.value, for: what });
  }

  /** Who proposed, approved and built what the channel lists; the channel's quorum verified it before it was listed. */
  async function noteHeads(channel: string): Promise<void> {
    const { policy } = view;
    const rules = policy.channels[channel];
    const heads = await readHeads(read, view.channels.get(channel)?.signed);
    if (!heads.ok || rules === undefined) return;
    const keys = Object.fromEntries(Object.entries(policy.holders).map(([keyid, { key }]) => [keyid, key]));
    const authority: Authority = { keys, keyids: Object.keys(keys), threshold: 1 };
    for (const { releases, orders } of heads.value.values()) {
      for (const { body, approvals, proof } of [...releases, ...orders]) {
        const since = publicSince(proof, ledger);
        const what = body._type === "release" ? `release ${body.version}` : `order ${body.number}`;
        if (since.ok)
          for (const approval of approvals)
            for (const keyid of signersOf(approval, authority)) note(keyid, { time: since.value, for: what });
      }
      const newest = releases.at(-1);
      for (const digest of newest?.body.provenance ?? []) {
        const attestation = await readAttestation(read, digest);
        if (!attestation.ok) continue;
        const since = publicSince(attestation.value.proof, ledger);
        const builder = builderOf(attestation.value, policy, rules);
        if (since.ok && builder !== undefined)
          note(builder.rule.keyid, { time: since.value, for: `provenance of ${newest?.body.version}` });
      }
    }
  }

  async function noteLists(): Promise<void> {
    const bytes = await readFile(read, "revocations/latest");
    const lists = bytes.ok ? decodeBytes(servedLists, bytes.value, "revocations/latest") : bytes;
    for (const list of lists.ok ? lists.value.lists : []) {
      const checkpoint = list.ok ? claimedCheckpoint(list.value.signed.checkpoint, ledger) : list;
      if (!list.ok || !checkpoint.ok) continue;
      const verified = judge({ candidate: list.value, policy: view.policy, ledger, checkpoint: checkpoint.value }, listChecks);
      const keyid = view.policy.revokers[list.value.signed.revoker];
      if (verified.outcome.ok && keyid !== undefined) note(keyid, { time: listTime(checkpoint.value, ledger), for: "revocation list" });
    }
  }

  async function noteReadThroughs(): Promise<void> {
    for (const [monitor, keyid] of Object.entries(view.policy.monitors)) {
      const bytes = await readFile(read, readThroughPath(monitor), readThroughBytes);
      const candidate = bytes.ok ? readReadThrough(monitor, bytes.value, ledger) : bytes;
      if (!candidate.ok || !judge({ candidate: candidate.value, policy: view.policy, ledger }, readThroughChecks).outcome.ok) continue;
      note(keyid, { time: listTime(candidate.value.checkpoint, ledger), for: "read-through" });
    }
  }
}

/** The log and the witnesses, by the checkpoint that dates the repository; it was verified when the repository was opened. */
function noteLog({ checkpoint, ledger, time }: RepositoryView, note: (keyid: string, use: Use) => void): void {
  note(keyidOfVkey(ledger.log), { time, for: "checkpoint" });
  const parsed = parseNote(new TextEncoder().encode(checkpoint.note));
  for (const witness of parsed.ok ? ledger.witnesses : [])
    for (const { name, keyId, payload } of parsed.ok ? parsed.value.signatures : [])
      if (name === witness.name && keyId === witness.keyId)
        note(keyidOfVkey(witness), { time: parseCosignature(payload, witness.type)?.time ?? 0, for: "checkpoint" });
}
