// SPDX-License-Identifier: Apache-2.0
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bumpOf } from "@countersign/drift/bump";
import { type BenignSighting, ratesOf, withHistory } from "@countersign/drift/calibration";
import { measuredRates } from "@countersign/drift/measured-rates";
import type { Rates } from "@countersign/drift/rates";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Statement } from "@countersign/trust/release/statement";
import { compareReleases } from "./compare-releases.ts";
import type { GovernClient } from "./govern-client.ts";
import type { Published } from "./published.ts";
import { trustedDenials } from "./trusted-denials.ts";

export interface History {
  readonly govern: GovernClient;
  readonly published: Pick<Published, "read" | "view">;
  readonly product: string;
  readonly channel: string;
  /** URL of the repository. */
  readonly store: string;
  readonly now: Date;
  readonly progress: (done: number, of: number) => void;
}

/** What a line of one's own shows, and the rates that follow from it beside those of strangers. */
export interface Calibration {
  /** Releases that were compared with the one before them. */
  readonly pairs: number;
  /** Releases that were left out, since somebody denied them. */
  readonly denied: number;
  readonly own: Rates;
  readonly rates: Rates;
}

/**
 * Counts what the published releases of one channel changed against those before them, by their bytes. A release that anybody denied is no measure of what is benign, and neither is the step to the one
 * after it. Refused where there are no two to compare, or bytes of one are gone.
 */
export async function calibrate({ govern, published, product, channel, store, now, progress }: History): Promise<Outcome<Calibration>> {
  const all = await govern.proposals();
  if (!all.ok) return all;
  const shipped = all.value
    .filter((each) => each.kind === "release" && each.state === "published" && each.product === product && each.channel === channel)
    .toSorted((a, b) => a.sequence - b.sequence);
  const said = await trustedDenials(published.read, published.view);
  const denied = new Set(said.flatMap(({ denial }) => (denial.kind === "release" ? [denial.name] : [])));
  const seen: BenignSighting[] = [];
  let before: Statement | undefined;
  for (const [index, { digest }] of shipped.entries()) {
    progress(index, shipped.length);
    const proposal = await govern.proposal(digest);
    if (!proposal.ok) return proposal;
    const { body } = proposal.value;
    const after = body._type === "release" && !denied.has(digest) ? body : undefined;
    if (before !== undefined && after !== undefined) {
      const pair = await sightings(before, after, store, published);
      if (!pair.ok) return pair;
      seen.push(...pair.value);
    }
    before = after;
  }
  if (seen.length === 0)
    return refuse("history-short", "two published releases in a row, or more", `${shipped.length}`, "Calibrate when there is a history.");
  const own = ratesOf(seen, `${seen.length} releases of ${product} ${channel}, measured ${now.toISOString().slice(0, 10)}`);
  return accept({ pairs: seen.length, denied: denied.size, own, rates: withHistory(measuredRates, own) });
}

/** One for each platform that both have. */
async function sightings(
  before: Statement,
  after: Statement,
  store: string,
  { view }: Pick<Published, "view">,
): Promise<Outcome<readonly BenignSighting[]>> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-calibrate-"));
  const { outcome } = await compareReleases(before, after, { store, limits: view.policy.download, directory: scratch.path });
  if (!outcome.ok) return outcome;
  const bump = bumpOf(before.version, after.version);
  return accept(outcome.value.drift.map((each) => ({ bump, sightings: each.sightings })));
}
