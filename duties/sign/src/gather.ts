// SPDX-License-Identifier: Apache-2.0
import { newestDelegator } from "@countersign/repository/delegator";
import { readHeads } from "@countersign/repository/read-heads";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { openRepository } from "@countersign/repository/view";
import { witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Entry } from "@countersign/trust/release/head";
import { passkeyUses } from "@countersign/trust/release/passkey-use";
import type { Statement } from "@countersign/trust/release/statement";
import type { Read } from "@countersign/trust/workflow/step";
import { type ArtifactBytes, readAttestations } from "./evidence.ts";
import { ownCheckpoint, seeLog } from "./log-seen.ts";
import { hearMonitors } from "./monitors.ts";
import { numbered, type SignerRecord } from "./record.ts";
import { type Heard, hearRevokers } from "./revocations.ts";
import type { Added, RenewalSubject, RequestSubject, SigningSubject } from "./subject.ts";

/** Where a signer looks for itself. */
export interface Senses {
  readonly read: Read;
  readonly artifacts: ArtifactBytes;
  readonly anchor: Uint8Array;
  readonly record: SignerRecord;
  readonly signaturesPerHour: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Fetches everything that a request for one entry more is to be judged by, from the repository and from the signer's own record; of govern's words only
 * the request itself is taken, as what is judged. Refused only where there is nothing to judge: that the rest is right is for the checks.
 */
export async function gather(candidate: SigningRequest, senses: Senses): Promise<Outcome<SigningSubject>> {
  const looked = await lookAround(candidate, senses);
  if (!looked.ok) return looked;
  const { revokers, ...subject } = looked.value;
  const { view, rules, previous } = subject;
  const { read, record } = senses;
  const published = await readHeads(read, previous);
  if (!published.ok) return published;
  const added = addedBy(candidate);
  if (added === undefined)
    return refuse("nothing-added", `the entry ${candidate.added} in the heads`, "no such entry", "Ask for what is to be released.");
  const release = releaseOf(
    added,
    [...published.value.values()].flatMap(({ releases }) => releases),
  );
  const fresh = added.body._type === "release" ? added.body : undefined; // what an order names was judged when it was released
  return accept({
    ...subject,
    added,
    release,
    published: published.value,
    attestations: release === undefined ? [] : await readAttestations(read, release.body),
    artifacts: fresh === undefined ? [] : await senses.artifacts.of(fresh),
    revocations: { denials: record.deny(revokers.denials), lists: revokers.lists },
    readThroughs: rules.readThrough === 0 ? [] : await hearMonitors(read, view),
    record: {
      ...subject.record,
      sameNumber: record.signedAs(numbered(added.body)),
      passkeys: record.passkeys(passkeyUses(added.approvals, view.policy).map(({ keyid }) => keyid)),
    },
  });
}

/** The same for a renewal, which adds nothing that anybody would have to approve, build or watch. */
export async function gatherRenewal(candidate: SigningRequest, senses: Senses): Promise<Outcome<RenewalSubject>> {
  const looked = await lookAround(candidate, senses);
  if (!looked.ok) return looked;
  const { revokers, ...subject } = looked.value;
  const current = subject.view.channels.get(candidate.channel);
  if (current === undefined)
    return refuse("nothing-to-renew", `a channel file of ${candidate.channel}`, "none is published", "Release something first.");
  senses.record.deny(revokers.denials); // heard is heard
  return accept({ ...subject, current });
}

/** What a signer looks at whatever it is asked. */
async function lookAround(candidate: SigningRequest, senses: Senses): Promise<Outcome<RequestSubject & { readonly revokers: Heard }>> {
  const { read, record } = senses;
  const opened = await openRepository(read, senses.anchor, senses.now());
  if (!opened.ok) return opened;
  const view = opened.value;
  const rules = view.policy.channels[candidate.channel];
  if (rules === undefined) return refuse("channel-unknown", "a channel of the policy", candidate.channel, "Let the targets quorum add it.");
  const newest = await newestDelegator(read, view.root.signed, view.targets);
  const revokers = await hearRevokers(read, view);
  const checkpoints = [view.checkpoint, ...(await ownCheckpoint(read, view)), ...revokers.checkpoints] as const;
  const time = Math.max(record.time(), ...checkpoints.map((checkpoint) => witnessedTime(checkpoint, view.ledger.quorum)));
  return accept({
    candidate,
    view,
    delegator: newest.ok ? newest.value : view, // newer targets that do not verify are not there
    rules,
    previous: view.channels.get(candidate.channel)?.signed,
    log: await seeLog(read, checkpoints, record.checkpoint(view.ledger.origin)),
    time,
    record: {
      sameNumber: undefined,
      passkeys: [],
      version: record.version(candidate.channel),
      lastHour: record.signedWithinHour(time),
      perHour: senses.signaturesPerHour,
    },
    revokers,
  });
}

function addedBy({ heads, added }: SigningRequest): Added | undefined {
  return Object.values(heads)
    .flatMap(({ releases, orders }): readonly Added[] => [...releases, ...orders])
    .find(({ digest }) => digest === added);
}

function releaseOf({ body, ...entry }: Added, published: readonly Entry<Statement>[]): Entry<Statement> | undefined {
  if (body._type === "release") return { body, ...entry };
  const named = body.to ?? body.release;
  return published.find(({ digest }) => digest === named);
}
