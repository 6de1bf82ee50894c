// SPDX-License-Identifier: Apache-2.0
import { readHeads } from "@countersign/repository/read-heads";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { openRepository } from "@countersign/repository/view";
import { witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import type { Read } from "@countersign/trust/workflow/step";
import { type ArtifactBytes, readAttestations } from "./evidence.ts";
import { ownCheckpoint, seeLog } from "./log-seen.ts";
import { numbered, type SignerRecord } from "./record.ts";
import { hearRevokers } from "./revocations.ts";
import type { Added, SigningSubject } from "./subject.ts";

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
 * Fetches everything that a request is to be judged by, from the repository and from the signer's own record; of govern's words only
 * the request itself is taken, as what is judged. Refused only where there is nothing to judge: that the rest is right is for the checks.
 */
export async function gather(candidate: SigningRequest, senses: Senses): Promise<Outcome<SigningSubject>> {
  const { read, record } = senses;
  const opened = await openRepository(read, senses.anchor, senses.now());
  if (!opened.ok) return opened;
  const view = opened.value;
  const rules = view.policy.channels[candidate.channel];
  if (rules === undefined) return refuse("channel-unknown", "a channel of the policy", candidate.channel, "Let the targets quorum add it.");
  const previous = view.channels.get(candidate.channel)?.signed;
  const published = await readHeads(read, previous);
  if (!published.ok) return published;
  const added = addedBy(candidate);
  if (added === undefined)
    return refuse("nothing-added", `the entry ${candidate.added} in the heads`, "no such entry", "Ask for what is to be released.");

  const revokers = await hearRevokers(read, view);
  const checkpoints = [view.checkpoint, ...(await ownCheckpoint(read, view)), ...revokers.checkpoints] as const;
  const time = Math.max(record.time(), ...checkpoints.map((checkpoint) => witnessedTime(checkpoint, view.ledger.quorum)));
  const release = releaseOf(
    added,
    [...published.value.values()].flatMap(({ releases }) => releases),
  );
  const fresh = added.body._type === "release" ? added.body : undefined; // what an order names was judged when it was released
  return accept({
    candidate,
    added,
    release,
    view,
    rules,
    previous,
    published: published.value,
    log: await seeLog(read, checkpoints, record.checkpoint()),
    time,
    attestations: fresh === undefined ? [] : await readAttestations(read, fresh),
    artifacts: fresh === undefined ? [] : await senses.artifacts.of(fresh),
    revocations: { denials: record.deny(revokers.denials), listTimes: revokers.listTimes },
    record: {
      sameNumber: record.signedAs(numbered(added.body)),
      version: record.version(candidate.channel),
      lastHour: record.signedWithinHour(time),
      perHour: senses.signaturesPerHour,
    },
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
