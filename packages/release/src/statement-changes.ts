// SPDX-License-Identifier: Apache-2.0
import type { Attestation } from "@countersign/trust/build/attestation";
import { type Attested, claimedBuilder, isSummary } from "@countersign/trust/build/attested";
import { originOf } from "@countersign/trust/build/origin";
import type { Statement } from "@countersign/trust/release/statement";

/** Something that a release says of itself and that the release before said otherwise. Empty text where one of them says nothing. */
export interface FieldChange {
  readonly kind: "field";
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** A statement with the provenance that it names. */
export interface Stated {
  readonly body: Statement;
  readonly attestations: readonly Attestation[];
}

type Facts = (stated: Stated) => string;

/** What an approver wants to know, in the order in which it matters. */
const facts: readonly (readonly [field: string, Facts])[] = [
  ["version", ({ body }) => body.version],
  ["source", ({ attestations }) => attestations.map(({ provenance }) => origin(provenance)).join(", ")],
  ["builders", ({ attestations }) => attestations.map(({ provenance }) => claimedBuilder(provenance)).join(", ")],
  ["privileges", ({ body }) => body.privileges.join(", ")],
  ["epoch", ({ body }) => String(body.epoch)],
  ["urgent", ({ body }) => (body.urgent ? "yes" : "no")],
  ["platforms", ({ body }) => body.artifacts.map(({ platform }) => platform).join(", ")],
  ["health", ({ body: { health } }) => `${health.command.join(" ")}${health.expect === null ? "" : `, expecting "${health.expect}"`}`],
  ["health limits", ({ body: { health } }) => `${health.attempts} attempts of ${health.timeoutSeconds} s`],
  ["rollout", ({ body }) => `over ${body.rollout.overSeconds} s`],
  ["coming from", ({ body }) => (body.minimumSequence === 0 ? "any sequence" : `sequence ${body.minimumSequence} or later`)],
];

/** What differs between two releases by what they say. Everything is new where there was none before. */
export function statementChanges(before: Stated | undefined, after: Stated): readonly FieldChange[] {
  return facts
    .map(([field, of]): FieldChange => ({ kind: "field", field, before: before === undefined ? "" : of(before), after: of(after) }))
    .filter((change) => change.before !== change.after);
}

function origin(attested: Attested): string {
  if (isSummary(attested)) return `${attested.predicate.resourceUri}, as verified`;
  const { repository, commit } = originOf(attested);
  return `${repository}@${commit}`;
}
