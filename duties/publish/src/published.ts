// SPDX-License-Identifier: Apache-2.0
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import type { Digest } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type LedgerTrust, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Root, root, topAuthority } from "@countersign/trust/tuf/root";
import { type Targets, targets, targetsChecks } from "@countersign/trust/tuf/targets";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { nextPolicy, policyChecks } from "@countersign/trust/workflow/policy";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import type { Read } from "@countersign/trust/workflow/step";

/** The repository as publish finds it and goes on from. */
export interface Published {
  readonly root: Envelope<Root>;
  readonly ledger: LedgerTrust;
  /** The newest that the targets quorum signed; it may be newer than the one that `issued` lists. */
  readonly targets: Envelope<Targets>;
  readonly policy: Policy;
  readonly policyDigest: Digest;
  /** What was published last; undefined before the first timestamp. */
  readonly issued: RepositoryView | undefined;
}

/**
 * Reads the repository from the embedded root down. Everything is verified but expiry, which is for publish to end: it signs
 * nothing on the word of whoever else can write the store.
 */
export async function readPublished(read: Read, anchor: Uint8Array): Promise<Outcome<Published>> {
  const embedded = readEnvelope(root, anchor, "embedded root");
  if (!embedded.ok) return embedded;
  const chain = await nextRoots(embedded.value, read, rootChainChecks);
  if (!chain.outcome.ok) return chain.outcome;
  const roots: readonly Envelope<Root>[] = [embedded.value, ...chain.outcome.value];
  const newest = roots.at(-1) ?? embedded.value;

  const issued = await readIssued(read, anchor, roots);
  if (!issued.ok) return issued;
  const top = await newestTargets(read, newest.signed, issued.value?.targets);
  if (!top.ok) return top;
  const rules = await nextPolicy(top.value.signed, undefined, read, policyChecks);
  if (!rules.outcome.ok) return rules.outcome;
  const { policy, digest } = rules.outcome.value;
  return accept({
    root: newest,
    ledger: ledgerTrust(newest.signed),
    targets: top.value,
    policy,
    policyDigest: digest,
    issued: issued.value,
  });
}

/** What was issued under the newest root, or under one before it: a root that replaces our keys must not stop us from using the new ones. */
async function readIssued(read: Read, anchor: Uint8Array, roots: readonly Envelope<Root>[]): Promise<Outcome<RepositoryView | undefined>> {
  const timestamp = await read("metadata/timestamp.json", Number.MAX_SAFE_INTEGER);
  if (!timestamp.ok) return timestamp;
  if (timestamp.value === undefined) return accept(undefined);
  let opened: Outcome<RepositoryView> = await openRepository(read, anchor, 0);
  for (const later of roots.slice(1).reverse()) {
    if (opened.ok) break;
    opened = await openRepository(hideRoots(read, later.signed.version), anchor, 0);
  }
  return opened;
}

/** The same repository, as it was before it had a root of this version. */
function hideRoots(read: Read, version: number): Read {
  return (path, maxBytes) => (path === `metadata/${version}.root.json` ? Promise.resolve(accept(undefined)) : read(path, maxBytes));
}

/** Follows targets as the owners store them, one version after the other. */
async function newestTargets(read: Read, root: Root, known: Envelope<Targets> | undefined): Promise<Outcome<Envelope<Targets>>> {
  let newest = known;
  for (;;) {
    const version = (newest?.signed.version ?? 0) + 1;
    const next = await read(`metadata/${version}.targets.json`, Number.MAX_SAFE_INTEGER);
    if (!next.ok) return next;
    if (next.value === undefined && newest !== undefined) return accept(newest);
    const step = await nextListedRole(
      {
        role: "targets",
        decoder: targets,
        authority: topAuthority(root, "targets"),
        ownerOf: (keyid) => root.countersign.owners[keyid],
        stored: undefined,
        listed: { version },
        now: 0,
      },
      read,
      targetsChecks,
    );
    if (!step.outcome.ok) return step.outcome;
    newest = step.outcome.value;
  }
}
