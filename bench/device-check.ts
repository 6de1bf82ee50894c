// SPDX-License-Identifier: Apache-2.0
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDevice } from "@countersign/updater/device";
import { copyStore } from "@countersign/world/copy-store";
import { demoPlan } from "@countersign/world/demo/demo-plan";
import { mute } from "@countersign/world/demo/narrator";
import { deviceInstalls } from "@countersign/world/demo/on-device";
import { release } from "@countersign/world/demo/releases";
import { must, type Scene } from "@countersign/world/demo/scene";
import { foundWorld } from "@countersign/world/found";
import { anchorFile } from "@countersign/world/project";
import { startWorld } from "@countersign/world/start";
import { atMost, bytes, count, type Figure, median, milliseconds, shown, unmeasured } from "./figure.ts";
import { scratch } from "./repositories/cached.ts";
import { Server } from "./server.ts";
import { ownLimitSeconds, type Settings } from "./settings.ts";
import { runSubject } from "./subject.ts";
import type { SubjectReport } from "./subjects/report.ts";

/** One of our own repositories before and after its second release, and a device that runs the first. */
interface Lived {
  readonly before: string;
  readonly after: string;
  readonly device: string;
}

/** A line on which an answer takes this long shows how often one is waited for. */
const delayMilliseconds = 200;

/** What a device's check costs, without news and with one new release, up to the artifact. */
export async function deviceFigures(settings: Settings): Promise<readonly Figure[]> {
  settings.progress("a world lives through two releases");
  const lived = await live();
  settings.progress("a device's check");
  const quiet = await measure(lived, lived.before, "current", settings);
  const news = await measure(lived, lived.after, "available", settings);
  return [
    ...(typeof quiet === "string"
      ? [unmeasured("device's check without news", "3 requests, 4 KiB, 20 ms, 1 round trip", quiet)]
      : [
          atMost("device's check without news: requests", quiet.requests, 3, count),
          atMost("device's check without news: round trips", quiet.roundTrips, 1, count),
          atMost("device's check without news: bytes", quiet.bytes, 4096, bytes),
          atMost("device's check without news: CPU above process start", quiet.cpu, 20, milliseconds),
          ...(await partsOfCpu(lived, settings)),
        ]),
    typeof news === "string"
      ? unmeasured("device's check with one new release: bytes before the artifact", "64 KiB", news)
      : atMost("device's check with one new release: bytes before the artifact", news.bytes, 64 * 1024, bytes),
  ];
}

interface CheckCost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpu: number;
  readonly roundTrips: number;
}

async function measure({ before, device }: Lived, site: string, expected: string, { repeat }: Settings): Promise<CheckCost | string> {
  using warmUp = await Server.start(before);
  using near = await Server.start(site);
  using far = await Server.start(site, delayMilliseconds);
  const settled = scratch("device-settled");
  cpSync(device, settled, { recursive: true, verbatimSymlinks: true });
  const first = await check(settled, warmUp, "current");
  if (typeof first === "string") return first;

  const costs = [];
  for (let round = 0; round < repeat; round++) {
    const [fresh, distant] = ["device", "device-far"].map((name) => {
      const copy = scratch(name);
      cpSync(settled, copy, { recursive: true, verbatimSymlinks: true });
      return copy;
    }) as [string, string];
    await near.traffic();
    const report = await check(fresh, near, expected);
    const slow = await check(distant, far, expected);
    if (typeof report === "string") return report;
    if (typeof slow === "string") return slow;
    const waited = (slow.steps["check"] ?? 0) - (report.steps["check"] ?? 0);
    costs.push({ ...(await near.traffic()), cpu: report.cpu, roundTrips: Math.round(waited / delayMilliseconds) });
  }
  return {
    requests: median(costs.map(({ requests }) => requests)),
    bytes: median(costs.map((cost) => cost.bytes)),
    cpu: median(costs.map(({ cpu }) => cpu)),
    roundTrips: median(costs.map(({ roundTrips }) => roundTrips)),
  };
}

/** What the processor time of a check is made of: Node's own part, and what a process does for the first time. */
async function partsOfCpu({ before, device }: Lived, { repeat }: Settings): Promise<readonly Figure[]> {
  using server = await Server.start(before);
  const paths = ["metadata/2.root.json", "metadata/timestamp.json", "revocations/latest"];
  const settled = scratch("device");
  cpSync(device, settled, { recursive: true, verbatimSymlinks: true });
  const parts = [
    { figure: "CPU of its three requests alone, in Node", run: () => runSubject("requests", [server.url, ...paths], ownLimitSeconds) },
    { figure: "CPU of such a check as the 21st in one process", run: () => check(settled, server, "current", "device-again") },
  ];
  const figures: Figure[] = [];
  for (const { figure, run } of parts) {
    const reports: (SubjectReport | string)[] = [];
    for (let round = 0; round < repeat; round++) reports.push(await run());
    const failed = reports.find((report) => typeof report === "string");
    const cpu = reports.flatMap((report) => (typeof report === "string" ? [] : [report.cpu]));
    figures.push(failed === undefined ? shown(figure, milliseconds(median(cpu))) : unmeasured(figure, "", failed));
  }
  return figures;
}

function check(directory: string, { url }: Server, expected: string, subject = "device-check"): Promise<SubjectReport | string> {
  const file = join(directory, "device.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), url }));
  return runSubject(subject, [directory, expected], ownLimitSeconds);
}

/** The demo's plan, with metadata and revocations that stay fresh for as long as a benchmark takes. */
async function live(): Promise<Lived> {
  const directory = scratch("world");
  const plan = demoPlan("hello");
  const lasting = { ...plan, revocationSeconds: 86_400, pace: { ...plan.pace, timestampSeconds: 86_400 } };
  const project = must(await foundWorld(join(directory, "project"), lasting));
  await using world = await startWorld(project);
  const lived: Lived = { before: join(directory, "before"), after: join(directory, "after"), device: join(directory, "device") };
  const scene: Scene = { world, device: lived.device, narrator: mute, signal: new AbortController().signal };
  const { product, channel } = plan;
  const config = {
    url: world.urls.distribute,
    product,
    channel,
    platform: `${process.platform}-${process.arch}`,
    id: "bench",
    privileges: [],
  };
  await createDevice(lived.device, { ...config, installer: "directory" }, await readFile(anchorFile(project)));
  await ship(scene, directory, "1.0.0");
  const installed = await deviceInstalls(scene);
  if (installed.result !== "installed")
    throw new Error(`the device was to install, and is ${installed.result}: ${JSON.stringify(installed.refusal)}`);
  await copyStore(project, lived.before);
  await ship(scene, directory, "1.1.0");
  await copyStore(project, lived.after);
  return lived;
}

async function ship(scene: Scene, directory: string, version: string): Promise<void> {
  const program = join(directory, `program-${version}`);
  await mkdir(join(program, "bin"), { recursive: true });
  await writeFile(join(program, "bin", "hello"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  await release(scene, { version, directory: program }, ["bin/hello"], "alice");
}
