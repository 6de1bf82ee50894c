// SPDX-License-Identifier: Apache-2.0
import { thresholds } from "@countersign/drift/thresholds";
import type { Json } from "@countersign/trust/canonical";
import type { EnteredRelease, ShownStatement } from "../intent.ts";

/** A release that stands in the ledger and whose statement is known. */
export type ShownRelease = EnteredRelease & { readonly shown: ShownStatement };

export function shownOf(releases: readonly EnteredRelease[]): readonly ShownRelease[] {
  return releases.filter((release): release is ShownRelease => release.shown !== undefined);
}

/** What a finding says of such a release: which it is, and where in the ledger it stands. */
export function releaseEvidence({ index, seen, digest, shown: { body } }: ShownRelease): Readonly<Record<string, Json>> {
  const { channel, product, version, sequence } = body;
  return { channel, product, version, sequence, digest, index, seen };
}

/** The same of what no honest release shows, however many there are: it weighs as much as an alert, and a brake that is set to alerts holds it. */
export function alarmEvidence(release: ShownRelease): Readonly<Record<string, Json>> {
  return { ...releaseEvidence(release), bits: thresholds.alert };
}
