// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Change } from "@countersign/release/review";
import type { Digest } from "@countersign/trust/digest";
import { openWindow } from "../open-window.ts";
import { ship } from "../ship.ts";
import type { Program } from "./programs.ts";
import { must, reach, reviewAndApprove, type Scene } from "./scene.ts";

const platform = `${process.platform}-${process.arch}`;

/** A release goes from a directory to the repository, every step by another process with another key. Answers its digest. */
export async function release(scene: Scene, program: Program, run: readonly string[], approver: string): Promise<Digest> {
  const { world, narrator } = scene;
  const { plan } = world.project;
  const window = must(await openWindow(world.project, world.urls, { releases: 1, reason: `${plan.product} ${program.version}`, hours: 1 }));
  narrator.say(window.requestedBy, `asks for a window: one release of ${window.channel}, for an hour`);
  narrator.say(window.openedBy ?? "", "opens it; grants live in it, and die with it");
  const { digest, statement } = must(
    await ship(world.project, world.urls, {
      version: program.version,
      directory: program.directory,
      platform,
      commit: createHash("sha1").update(`${plan.product} ${program.version}`).digest("hex"),
      health: { command: run, expect: null, timeoutSeconds: 10, attempts: 1 },
      privileges: [],
      urgent: false,
      epochUp: false,
      onBuilt: ({ name, length, sha256, provenance }) => {
        narrator.say("builder", `built ${name}, ${megabytes(length)}, sha256 ${sha256.slice(0, 12)}`);
        narrator.detail(`SLSA provenance ${provenance.slice(0, 12)}, signed, uploaded by digest, proven in the ledger`);
      },
    }),
  );
  narrator.detail(
    "no secret is stored in ci: the token of its job, issued for this run alone, is exchanged for a grant that is bound to a key of the job",
  );
  narrator.say(
    "ci",
    `proposes ${plan.product} ${program.version}: sequence ${statement.sequence}, epoch ${statement.epoch}, release digest ${digest.slice(0, 12)}`,
  );
  const review = await reviewAndApprove(scene, digest, approver);
  narrator.say(approver, `fetched statement, bytes and provenance by digest, and sees on their own machine what changes:`);
  for (const change of review.changes.slice(0, 5)) narrator.detail(describe(change));
  if (review.changes.length > 5) narrator.detail(`... and ${review.changes.length - 5} more`);
  narrator.say(approver, `countersigns exactly ${digest.slice(0, 12)}`);
  await reach(scene, digest, "logged");
  narrator.say("govern", "has the release entry in the ledger, cosigned by witnesses: the soak begins");
  await publishes(scene, digest);
  return digest;
}

/** From the soak to the timestamp: who signs, who refuses, and who publishes. */
export async function publishes(scene: Scene, digest: Digest): Promise<void> {
  const { narrator } = scene;
  await reach(scene, digest, "signed", {
    onTrail: ({ signer, ok, verdicts, refusal }) => {
      if (ok) narrator.say(signer, `re-checked it by itself (${verdicts.length} checks) and signs the channel file`);
      else narrator.progress(`${signer}: not yet, ${refusal?.code}: ${refusal?.found}`);
    },
  });
  await reach(scene, digest, "published");
  narrator.say("publish", "verified the quorum, and wrote proofs, head, channel, snapshot and, last, the timestamp");
}

function describe(change: Change): string {
  if (change.kind === "field") return `${change.field}: ${change.before || "nothing"} -> ${change.after || "nothing"}`;
  const size = change.after === undefined ? "" : `, ${megabytes(change.after.length)}`;
  return `file ${change.kind}: ${change.path}${size}`;
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}
