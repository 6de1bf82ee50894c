// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { approve } from "@countersign/release/approve";
import { follow } from "@countersign/release/follow";
import { governClient } from "@countersign/release/govern-client";
import { reviewProposal } from "@countersign/release/review";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { openWindow } from "@countersign/world/open-window";
import type { Plan } from "@countersign/world/plan";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile, keyIn, personDirectory } from "@countersign/world/project";
import { ship } from "@countersign/world/ship";
import type { RunningWorld } from "@countersign/world/start";

const people = ["ana", "ben", "cleo", "dan"] as const;

/** How long a release that is not urgent soaks: the profile's own hour. What came before an incident is urgent, and soaks for a second. */
export const SOAK_SECONDS = 3600;

/** The `app` profile, in which only what is urgent is in a hurry: nobody waits for the end of an incident's soak. */
export const incidentPlan: Plan = {
  ...appPlan("replay", "stable", people),
  soakSeconds: SOAK_SECONDS,
  urgent: { soakSeconds: 1, extraApprovals: 0 },
  pace: { batchMilliseconds: 20, pollMilliseconds: 100, heartbeatMilliseconds: 500, timestampSeconds: 86_400 },
};

/** A release of one product, on its way through the whole path. */
export interface Release {
  readonly product: string;
  readonly version: string;
  readonly privileges: readonly string[];
  /** Holds the files that are released. */
  readonly directory: string;
  readonly urgent: boolean;
}

/** Pipeline and people release it as they do: build, attest, propose, review, approve; answers its digest once it has come as far as `until`. */
export async function release({ project, urls }: RunningWorld, what: Release, until: "logged" | "published"): Promise<Outcome<Digest>> {
  const { product } = what;
  const health = { command: [`bin/${product}`, "--health"], expect: "well", timeoutSeconds: 5, attempts: 1 };
  const shipped = await ship(project, urls, { ...what, platform: "linux-x64", commit: "1".repeat(40), health, epochUp: false });
  if (!shipped.ok) return shipped;
  const { digest } = shipped.value;
  const govern = governClient(urls.govern);
  const source = { store: urls.distribute, anchor: await readFile(anchorFile(project)), now: Date.now() };
  const review = await reviewProposal({ govern, digest, ...source });
  if (!review.ok) return review;
  const approved = await approve({ review: review.value, govern, key: await openKey(keyIn(personDirectory(project, people[0]))) });
  if (!approved.ok) return approved;
  const followed = await follow(govern, digest, until, { pollMilliseconds: 100, signal: AbortSignal.timeout(120_000) });
  return followed.ok ? accept(digest) : followed;
}

/** Two people open a window for one release. */
export async function announce({ project, urls }: RunningWorld, reason: string): Promise<Outcome<unknown>> {
  return openWindow(project, urls, { releases: 1, reason });
}
