// SPDX-License-Identifier: Apache-2.0
import { approve } from "@countersign/release/approve";
import { findDigest } from "@countersign/release/find-digest";
import { proposeOrder } from "@countersign/release/order";
import { shownOrder, shownReview } from "@countersign/release/passkey/shown-review";
import { reviewProposal } from "@countersign/release/review";
import { accept } from "@countersign/trust/refusal";
import { narrows } from "@countersign/trust/release/order";
import { Argument, type Command } from "commander";
import { type ApproverOptions, approverOf, withApprover } from "../approver-key.ts";
import { number } from "../number.ts";
import { openSiteAt, type SiteOptions } from "../site.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions, ApproverOptions {
  readonly reason: string;
  readonly to?: string;
  readonly over?: number;
}

const actions = ["recall", "lift", "slow", "widen", "resume"] as const;

export function order(command: Command): void {
  withApprover(command)
    .description(
      "recall a release: devices leave it. Slow its rollout, or pause it where no --over is told; widen it; resume it. Lift what was said against it",
    )
    .addArgument(new Argument("<action>", "what to do").choices(actions))
    .argument("<digest>", "the release, by 8 digits of its digest or more")
    .option("--to <digest>", "where a recall leads (default: the release before it)")
    .option("--over <seconds>", "for slow and widen: the time over which the rest get their turn", number(0, 10 * 365 * 86_400))
    .requiredOption("--reason <text>", "why; it is published")
    .requiredOption("--as <name>", "the person who says so");
  const example = 'release order recall 3f9c2a10 --reason "crashes on start" --as alice';
  verb<Options>(command, example, async ({ reason, to, over, ...options }, screen, given, written) => {
    const { as } = options;
    const action = actions.find((known) => known === given) ?? "recall";
    const site = await openSiteAt(options, written);
    if (!site.ok) return site;
    const { project, govern, source } = site.value;
    const destination = to === undefined ? undefined : await findDigest(govern, to);
    if (destination?.ok === false) return destination;
    const approver = await approverOf(project, options, screen);
    if (!approver.ok) return approver;
    const { asks } = approver.value;
    const { product, channel } = project.plan;
    const fields = {
      ...{ product, channel, action, release: site.value.digest, reason },
      ...(destination && { to: destination.value }),
      ...(over !== undefined && { overSeconds: over }),
    };
    const proposed = await proposeOrder({ govern, ...source, key: asks(shownOrder(fields, as)), ...fields });
    if (!proposed.ok) return proposed;
    const { digest, order: body } = proposed.value;
    const next = narrows(body) ? `publish ${short(digest)}` : `approve ${short(digest)} --as NAME, who is not ${as}`;
    if (narrows(body)) {
      // Halting takes one person: whoever orders it countersigns it, too.
      const review = await reviewProposal({ govern, ...source, digest });
      const state = review.ok ? await approve({ review: review.value, key: asks(shownReview(review.value, as)), govern }) : review;
      if (!state.ok) return state;
    }
    return accept({
      json: { digest, order: body },
      text: `${action} of ${short(body.release)} is proposed: order ${short(digest)}\nNext: countersign release ${next}`,
    });
  });
}
