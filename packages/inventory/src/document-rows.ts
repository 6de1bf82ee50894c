// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { isVerifierRule } from "@countersign/trust/build/builder-rule";
import type { BlastRadius } from "./blast-radius.ts";
import { lossesOf } from "./holder-rows.ts";
import { meaning } from "./loss.ts";
import { servicesOf } from "./service.ts";
import type { Beginnings } from "./since.ts";
import type { TrustFacts } from "./trust-facts.ts";
import { blank, dated, marksOf, plain, type TrustRow } from "./trust-row.ts";
import { duration } from "./way.ts";

// What is trusted and is no key: two documents, services, and sources.

export function rootRow({ view, began, now }: TrustFacts): TrustRow {
  const { root } = view;
  const { roles, countersign, expires, version } = root.signed;
  const owners = new Set(roles.root.keyids.map((keyid) => countersign.owners[keyid]));
  const until = { time: expires, by: "root" };
  return {
    ...blank("device root", `root ${version} ${root.digest.slice(0, 12)}`),
    for: ["what every device begins with: the keys of root, targets and publish, the log and its witnesses"],
    owner: [...owners].join(", "),
    since: dated(began.root),
    until,
    means: `${roles.root.threshold} of its ${owners.size} owners replace everything; who swaps it in an installer has the devices which that installs`,
    marks: marksOf({ ...plain("device root"), until }, now),
  };
}

export function policyRow({ view, began, now }: TrustFacts): TrustRow {
  const { policy, policyDigest, root, targets } = view;
  const { threshold, keyids } = root.signed.roles.targets;
  const owners = new Set(keyids.map((keyid) => root.signed.countersign.owners[keyid]));
  const until = { time: targets.signed.expires, by: "targets" };
  const marks = marksOf({ ...plain("policy"), until }, now);
  return {
    ...blank("policy", `policy ${policy.version} ${policyDigest.slice(0, 12)}`),
    for: Object.entries(policy.channels).map(([channel, { profile }]) => `${channel} (${profile})`),
    owner: [...owners].join(", "),
    since: dated(began.policy),
    until,
    means: `${threshold} of the ${owners.size} owners of targets replace it; devices hold the old one, too, for ${duration(policy.coolingOffSeconds)} of witnessed time`,
    marks: coolsOff(view, began) ? [...marks, "cools off"] : marks,
  };
}

/** Whether devices that held another policy may hold it still, by the cooling-off time that the new one says; the old one's may be another. */
function coolsOff({ policy, targets, time }: RepositoryView, { policy: since }: Beginnings): boolean {
  return targets.signed.version > 1 && policy.version > 1 && since?.time != null && time < since.time + policy.coolingOffSeconds;
}

/** What has no key of ours and is trusted all the same: processes, platforms, and the jobs that run on them. */
export function serviceRows(radii: readonly BlastRadius[], { view }: TrustFacts): readonly TrustRow[] {
  const holdings = new Map(radii.flatMap(({ holdings }) => holdings.map((holding) => [holding.id, holding] as const)));
  return servicesOf(view.policy).flatMap(({ id, for: task }) => {
    const holding = holdings.get(id);
    if (holding === undefined) return [];
    const loss = lossesOf(radii, "identity", holding);
    const { person, machine } = holding;
    return [{ ...blank("service", id), for: [task], owner: person ?? null, machine: machine ?? null, loss, means: meaning(loss) }];
  });
}

/** What builders build. No signature stands between a source and its builders, so it is named here and counted nowhere. */
export function sourceRows({ view, channel }: TrustFacts): readonly TrustRow[] {
  const built = Object.entries(view.policy.channels).flatMap(([name, { builders }]) =>
    channel === undefined || name === channel
      ? builders.trusted.map((rule) => [isVerifierRule(rule) ? rule.resourceUri : rule.source, name] as const)
      : [],
  );
  return [...Map.groupBy(built, ([source]) => source)].map(([source, those]) => ({
    ...blank("source", source),
    for: [...new Set(those.map(([, name]) => `build ${name}`))],
    means: "what is merged there is built, by every builder; approvers see the files that differ",
  }));
}
