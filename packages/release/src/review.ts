// SPDX-License-Identifier: Apache-2.0
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { judge, type Verdict } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { EntrySubject } from "@countersign/trust/release/entry-checks";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, denialDigest } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import type { Step } from "@countersign/trust/workflow/step";
import { compareReleases, type Measure, type PlatformDrift } from "./compare-releases.ts";
import type { FileChange } from "./file-changes.ts";
import type { GovernClient } from "./govern-client.ts";
import type { Proposal } from "./proposal.ts";
import { type Published, readPublished, type Source } from "./published.ts";
import { orderReviewChecks, proposerChecks, successionChecks } from "./review-checks.ts";
import { standingDenials } from "./standing-denials.ts";
import { type FieldChange, statementChanges } from "./statement-changes.ts";
import { type Voices, type Vouching, voicesIn, vouching } from "./voices.ts";

export type Change = FieldChange | FileChange;

/** What somebody is about to approve, as this machine sees it: nothing in it is anybody's word. */
export interface Review {
  readonly digest: Digest;
  readonly body: Statement | Order;
  readonly voices: Voices;
  /** Who vouches for the bytes of a release, and from what they were built. */
  readonly builders: readonly Vouching[];
  /** The release that devices come from; undefined for the first one, and for orders. */
  readonly previous: Entry<Statement> | undefined;
  readonly verdicts: readonly Verdict[];
  /** Against `previous`. */
  readonly changes: readonly Change[];
  /** How unusual these changes are, for each platform that `previous` has too; empty for orders. */
  readonly drift: readonly PlatformDrift[];
}

export interface ReviewInput extends Source {
  readonly govern: GovernClient;
  readonly digest: Digest;
  /** By what it is judged how unusual a release is: by the rates that were measured on strangers, where it is absent. */
  readonly measure?: Measure | undefined;
}

/**
 * Reviews a proposal: statement by digest, repository from the anchor down, proposer by signature, provenance by the policy, artifacts by their
 * own bytes, and every difference from the release before. Whatever does not hold is a refusal, and there is no review to approve.
 */
export async function reviewProposal({ govern, digest, measure, ...source }: ReviewInput): Promise<Outcome<Review>> {
  const proposal = await govern.proposal(digest);
  if (!proposal.ok) return proposal;
  const published = await readPublished(source, proposal.value.body);
  if (!published.ok) return published;
  const verdicts: Verdict[] = [];
  const note = <T>(step: Step<T>): Outcome<T> => {
    verdicts.push(...step.verdicts);
    return step.outcome;
  };
  const proposed = note(judge(proposalSubject(proposal.value, published.value), proposerChecks));
  if (!proposed.ok) return proposed;
  const { body } = proposal.value;
  const voices = voicesIn(proposalSubject(proposal.value, published.value));
  if (body._type === "order") {
    const { releases } = published.value;
    const about = releases.find((release) => release.digest === body.release);
    const denials = about === undefined || body.denials.length === 0 ? [] : await standingDenials(published.value, about);
    const known = note(judge({ candidate: body, releases, denials }, orderReviewChecks));
    return known.ok
      ? accept({ digest, body, voices, builders: [], previous: undefined, verdicts, changes: answersOf(body, denials), drift: [] })
      : known;
  }
  const compared = await compare(body, published.value, source, measure, note);
  return compared.ok ? accept({ digest, body, voices, verdicts, ...compared.value }) : compared;
}

/** What a lift answers, in the words in which it was said. */
function answersOf({ denials: answered }: Order, denials: readonly Denial[]): readonly FieldChange[] {
  return denials
    .filter((denial) => answered.includes(denialDigest(denial)))
    .map(({ kind, reason }): FieldChange => ({ kind: "field", field: `denial of the ${kind}`, before: reason, after: "answered" }));
}

type Note = <T>(step: Step<T>) => Outcome<T>;

async function compare(
  body: Statement,
  { view: { policy, ledger }, rules, read, releases }: Published,
  { store, now }: Pick<Source, "store" | "now">,
  measure: Measure | undefined,
  note: Note,
): Promise<Outcome<Pick<Review, "builders" | "previous" | "changes" | "drift">>> {
  const previous = releases.findLast((release) => release.body.sequence < body.sequence);
  const succeeds = note(judge({ candidate: body, previous }, successionChecks));
  if (!succeeds.ok) return succeeds;
  const attestations = await readAttestations(read, body.provenance);
  if (!attestations.ok) return attestations;
  const built = note(judge({ candidate: body, attestations: attestations.value, policy, rules, ledger }, provenanceChecks));
  if (!built.ok) return built;
  const before = await readAttestations(read, previous?.body.provenance ?? []);
  if (!before.ok) return before;

  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-review-"));
  const known = { before: {}, after: { time: Math.floor(now / 1000) } }; // it is not public yet
  const compared = note(
    await compareReleases(previous?.body, body, { store, limits: policy.download, directory: scratch.path }, measure, known),
  );
  if (!compared.ok) return compared;
  const stated = previous && { body: previous.body, attestations: before.value };
  const fields = statementChanges(stated, { body, attestations: attestations.value });
  const builders = attestations.value.map((attestation) => vouching(attestation, policy, rules));
  const { files, drift } = compared.value;
  return accept({ builders, previous, changes: [...fields, ...files], drift });
}

function proposalSubject({ body, digest, approvals }: Proposal, { view: { policy, ledger, time }, rules }: Published): EntrySubject {
  const candidate = { body, digest, approvals, proof: "" } as Entry<Statement> | Entry<Order>; // not in the ledger yet
  return { candidate, policy, rules, ledger, time };
}
