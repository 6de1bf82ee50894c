// SPDX-License-Identifier: Apache-2.0
import { measuredRates } from "@countersign/drift/measured-rates";
import { approve as countersign } from "@countersign/release/approve";
import type { Measure } from "@countersign/release/compare-releases";
import { shownReview } from "@countersign/release/passkey/shown-review";
import { readRates } from "@countersign/release/rates-file";
import { type Review, reviewProposal } from "@countersign/release/review";
import { sarifOf } from "@countersign/release/sarif";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type ApproverOptions, approverOf, withApprover } from "../approver-key.ts";
import { confirm } from "../confirm.ts";
import { driftText } from "../drift-text.ts";
import { readOption } from "../read-option.ts";
import { changesText, reviewText } from "../review-text.ts";
import type { Screen } from "../screen.ts";
import { openSiteAt, type Site, type SiteOptions } from "../site.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

const SARIF_VERSION = "0.1.0";

interface ReviewOptions extends SiteOptions {
  readonly rates?: string;
  readonly registry?: string;
}

function withMeasure(command: Command): Command {
  return command
    .option("--rates <file>", "by which drift weighs, as `observe calibrate` wrote them; those of strangers by default")
    .option("--registry <url>", "npm registry that is asked how old new dependencies are; none by default");
}

export function diff(command: Command): void {
  withMeasure(
    command
      .description("what a release changes, computed here from the bytes themselves")
      .argument("<digest>", "8 digits of it or more")
      .option("--sarif", "what is unusual in it, as SARIF 2.1.0 for CI, and nothing else"),
  );
  verb<ReviewOptions & { readonly sarif?: true }>(
    command,
    "release diff 3f9c2a10 --sarif",
    async ({ sarif, ...options }, screen, written) => {
      const reviewed = await reviewAt(options, screen, written);
      if (!reviewed.ok) return reviewed;
      const { review } = reviewed.value;
      if (sarif) {
        const json = sarifOf(review.body._type === "release" ? review.body : { artifacts: [] }, review.drift, SARIF_VERSION);
        return accept({ json, text: JSON.stringify(json, null, 2) });
      }
      return accept({
        json: { digest: review.digest, previous: review.previous?.digest ?? null, changes: review.changes, drift: review.drift },
        text: review.body._type === "release" ? `${changesText(review)}\n\n${driftText(review.drift)}` : changesText(review),
      });
    },
  );
}

export function approve(command: Command): void {
  withMeasure(
    withApprover(
      command
        .description(
          "review a release or an order on this machine, then countersign its digest: with a passkey, on a page that shows the review",
        )
        .argument("<digest>", "8 digits of it or more")
        .requiredOption("--as <name>", "the person who approves")
        .option("--yes", "do not ask: the review was read before (a passkey asks all the same)"),
    ),
  );
  verb<ReviewOptions & ApproverOptions & { readonly yes?: true }>(
    command,
    "release approve 3f9c2a10 --as alice",
    async (options, screen, written) => {
      const reviewed = await reviewAt(options, screen, written);
      if (!reviewed.ok) return reviewed;
      const { review, project, govern } = reviewed.value;
      const approver = await approverOf(project, options, screen);
      if (!approver.ok) return approver;
      const { hasPage, asks } = approver.value;
      screen.say(`${reviewText(review)}\n`);
      const sure = await confirm(`Countersign ${short(review.digest)} as ${options.as}?`, options.yes === true || hasPage);
      if (!sure.ok) return sure;
      const state = await countersign({ review, key: asks(shownReview(review, options.as)), govern });
      if (!state.ok) return state;
      return accept({
        json: { digest: review.digest, state: state.value, verdicts: review.verdicts, changes: review.changes, drift: review.drift },
        text: `${options.as} countersigned ${short(review.digest)}: it is ${state.value}.\nNext: countersign release sign ${short(review.digest)}`,
      });
    },
  );
}

async function reviewAt(
  options: ReviewOptions,
  screen: Screen,
  written: string | undefined,
): Promise<Outcome<Site & { readonly review: Review }>> {
  const measure = await measureOf(options);
  if (!measure.ok) return measure;
  const site = await openSiteAt(options, written);
  if (!site.ok) return site;
  const { govern, source, digest } = site.value;
  screen.progress("fetching statement, provenance and bytes by digest ...");
  const review = await reviewProposal({ govern, ...source, digest, measure: measure.value });
  return review.ok ? accept({ ...site.value, review: review.value }) : review;
}

async function measureOf({ rates: file, registry }: ReviewOptions): Promise<Outcome<Measure>> {
  if (file === undefined) return accept({ rates: measuredRates, registry });
  const bytes = await readOption("--rates", file);
  const rates = bytes.ok ? readRates(bytes.value, file) : bytes;
  return rates.ok ? accept({ rates: rates.value, registry }) : rates;
}
