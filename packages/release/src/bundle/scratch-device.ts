// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { rolloutPoint } from "@countersign/trust/release/rollout";
import { createDevice } from "@countersign/updater/device";
import { gates } from "@countersign/updater/gates";
import type { Report } from "@countersign/updater/report";
import { type UpdateOptions, update } from "@countersign/updater/update";
import type { Site } from "./site.ts";

/** A device of a site that has seen nothing yet, to look with. Disposing of it removes it. */
export interface ScratchDevice extends AsyncDisposable {
  readonly directory: string;
  readonly report: Report;
}

/**
 * Passes the gates up to `last` as a new device of the site would, but for what the site's devices grant (gate 12), which is theirs to say. Where a rollout has not
 * reached it, another device looks: the one that is reached first of ten thousand.
 */
export async function lookAs(
  site: Site,
  platform: string,
  last: number,
  options: Omit<UpdateOptions, "until" | "gates">,
): Promise<Outcome<ScratchDevice>> {
  const first = await lookOnce(site, platform, last, options, randomUUID());
  if (!first.ok || first.value.report.refusal?.code !== "not-this-devices-turn") return first;
  const release = first.value.report.offered?.release ?? "";
  await first.value[Symbol.asyncDispose]();
  return await lookOnce(site, platform, last, options, earliestDevice(release));
}

async function lookOnce(
  site: Site,
  platform: string,
  last: number,
  options: Omit<UpdateOptions, "until" | "gates">,
  id: string,
): Promise<Outcome<ScratchDevice>> {
  const { url, mirrors, product, channel, root } = site;
  await using stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(await mkdtempDisposable(join(tmpdir(), "countersign-bundle-")));
  await createDevice(directory, { url, mirrors, product, channel, platform, id, privileges: [], installer: "directory" }, root);
  const passed = gates.filter(({ number, name }) => number <= last && name !== "privileges");
  const report = await update(directory, { ...options, until: "install", gates: passed });
  if (!report.ok) return report;
  const kept = stack.move();
  return accept({ directory, report: report.value, [Symbol.asyncDispose]: () => kept.disposeAsync() });
}

function earliestDevice(release: string): string {
  const ids = Array.from({ length: 10_000 }, (_, at) => `bundle-${at}`);
  return ids.reduce((earliest, id) => (rolloutPoint(release, id) < rolloutPoint(release, earliest) ? id : earliest));
}
