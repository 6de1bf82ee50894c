// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { approve } from "@countersign/release/approve";
import { type FollowOptions, follow } from "@countersign/release/follow";
import { type GovernClient, governClient } from "@countersign/release/govern-client";
import type { ProposalState } from "@countersign/release/proposal";
import type { Source } from "@countersign/release/published";
import { type Review, reviewProposal } from "@countersign/release/review";
import type { Digest } from "@countersign/trust/digest";
import type { Outcome } from "@countersign/trust/refusal";
import type { Report } from "@countersign/updater/report";
import { runDevice } from "../device.ts";
import { anchorFile, type Project, personDirectory, placeIn } from "../project.ts";
import type { RunningWorld } from "../start.ts";
import type { Narrator } from "./narrator.ts";

/** What the story is told with: a running world, one device, and a voice. */
export interface Scene {
  readonly world: RunningWorld;
  readonly device: string;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

/** A refusal where the story needs a yes: the story ends there, and says why. */
export class StoryStopped extends Error {
  override readonly name = "StoryStopped";
}

/** The value, or the end of the story. */
export function must<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, expected, found, remedy } = outcome.refusal;
  throw new StoryStopped(`${code}: expected ${expected}; found ${found}. ${remedy}`);
}

export function governOf({ world }: Scene): GovernClient {
  return governClient(world.urls.govern);
}

export async function sourceOf({ world }: Scene): Promise<Source> {
  return { store: world.urls.distribute, anchor: await readFile(anchorFile(world.project)), now: Date.now() };
}

export async function personKey(project: Project, person: string): Promise<CustodyKey> {
  return openKey(placeIn(personDirectory(project, person)));
}

/** A person reads what is proposed on their own machine, and countersigns it. */
export async function reviewAndApprove(scene: Scene, digest: Digest, person: string): Promise<Review> {
  const govern = governOf(scene);
  const review = must(await reviewProposal({ ...(await sourceOf(scene)), govern, digest }));
  must(await approve({ review, key: await personKey(scene.world.project, person), govern }));
  return review;
}

/** Waits for a state, telling the others on the way. */
export async function reach(scene: Scene, digest: Digest, until: ProposalState, told: FollowOptions = {}): Promise<void> {
  must(await follow(governOf(scene), digest, until, { pollMilliseconds: 100, signal: scene.signal, ...told }));
}

/** One run of the device's updater, in its own process, with its progress shown. */
export async function deviceRuns({ device, narrator }: Scene, until: "check" | "install"): Promise<Report> {
  return must(
    await runDevice(device, until, ({ gate, name, received, total }) => {
      const share = received !== undefined && total ? ` ${Math.floor((100 * received) / total)} %` : "";
      narrator.progress(`gate ${gate}: ${name}${share}`);
    }),
  );
}

/** Where the version that runs is. */
export function currentSlot({ device }: Scene): string {
  return join(device, "current");
}
