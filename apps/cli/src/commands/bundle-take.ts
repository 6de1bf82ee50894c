// SPDX-License-Identifier: Apache-2.0
import { verifyBundle } from "@countersign/release/bundle/verify-bundle";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { readOption } from "../read-option.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";
import { bundleProgress } from "./bundle-create.ts";
import { type DeviceOptions, passGates } from "./device-update.ts";

export function verify(command: Command): void {
  command
    .description("pass gates 1 to 14 as a new device would, and change nothing")
    .argument("<file>", "the bundle")
    .requiredOption("--root <file>", "the root that the devices trust: from elsewhere than the bundle");
  verb<{ readonly root: string }>(
    command,
    "bundle verify hello-stable.bundle --root root.json",
    async ({ root: file }, screen, bundle = "") => {
      const root = await readOption("--root", file);
      if (!root.ok) return root;
      const verified = await verifyBundle(bundle, root.value, { progress: bundleProgress(screen) });
      if (!verified.ok) return verified;
      const { description, reports } = verified.value;
      const { carries, product, channel, platforms } = description;
      const checks = reports.reduce((sum, { trail }) => sum + trail.length, 0);
      const offered = reports.map(({ offered }, at) => `${platforms[at]}: ${offered?.version}, release ${short(offered?.release ?? "")}`);
      return accept({
        json: { ...description, offered: reports.map(({ offered }) => offered ?? null), checks },
        text: [
          `${product} on ${channel}: verified, ${checks} checks`,
          ...(carries === "release" ? offered : ["revocations alone: there is nothing to install"]),
        ].join("\n"),
      });
    },
  );
}

export function install(command: Command): void {
  command
    .description("pass all gates with what the bundle holds, and nothing from a network; revocations are heard whatever else is refused")
    .argument("<file>", "the bundle")
    .requiredOption("--dir <dir>", "directory of the device");
  verb<DeviceOptions>(command, "bundle install hello-stable.bundle --dir device-1", ({ dir }, screen, bundle = "") =>
    passGates(dir, { until: "install", bundle }, screen),
  );
}
