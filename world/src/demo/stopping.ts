// SPDX-License-Identifier: Apache-2.0
import { deny } from "@countersign/release/deny";
import { proposeOrder } from "@countersign/release/order";
import type { Digest } from "@countersign/trust/digest";
import { publishes } from "./releases.ts";
import { deviceRuns, governOf, must, personKey, reach, reviewAndApprove, type Scene, sourceOf } from "./scene.ts";

/** Somebody says no: within a heartbeat every device that asks knows. What runs is flagged and goes on running: that is the `app` profile. */
export async function revokes(scene: Scene, release: Digest, person: string): Promise<void> {
  const { world, narrator } = scene;
  const [revoker, revokerUrl] = Object.entries(world.urls.revokers)[0] ?? ["", ""];
  const denial = {
    kind: "release",
    name: release,
    since: Math.floor(Date.now() / 1000),
    until: null,
    reason: "a vulnerability was found",
  } as const;
  must(await deny({ revokerUrl, revoker, denial, key: await personKey(world.project, person) }));
  narrator.say(person, `asks ${revoker} to revoke ${release.slice(0, 12)}: one person is enough to stop`);
  const report = await deviceRuns(scene, "check");
  narrator.say(
    "device",
    report.flagged === undefined ? "has not heard of it" : `flags what it runs, and keeps it running: ${report.flagged.reason}`,
  );
}

/** An order leads devices away from a release, to one that had soaked. */
export async function recalls(scene: Scene, release: Digest, to: Digest, person: string): Promise<void> {
  const { world, narrator } = scene;
  const { product, channel } = world.project.plan;
  const govern = governOf(scene);
  const order = must(
    await proposeOrder({
      ...(await sourceOf(scene)),
      govern,
      key: await personKey(world.project, person),
      product,
      channel,
      action: "recall",
      release,
      to,
      reason: "a vulnerability was found",
    }),
  );
  narrator.say(person, `orders the recall of ${release.slice(0, 12)} to ${to.slice(0, 12)}, which had soaked: narrowing does not wait`);
  await reviewAndApprove(scene, order.digest, person);
  await reach(scene, order.digest, "logged");
  await publishes(scene, order.digest);
}
