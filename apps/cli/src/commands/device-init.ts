// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { each } from "../each.ts";
import { newDevice } from "../new-device.ts";
import { verb } from "../verb.ts";

interface Options {
  readonly url: string;
  readonly root: string;
  readonly product: string;
  readonly channel: string;
  readonly platform: string;
  readonly privilege?: readonly string[];
}

export function init(command: Command): void {
  command
    .description("make a device: where its updates come from, and the root that it trusts")
    .argument("<dir>", "a directory that only the updater writes to")
    .requiredOption("--url <url>", "where the repository is served")
    .requiredOption("--root <file>", "the root to trust (root.json of the project), never from the network")
    .requiredOption("--product <name>", "what it runs")
    .requiredOption("--channel <name>", "which releases it takes")
    .option("--platform <name>", "what it runs on", `${process.platform}-${process.arch}`)
    .option("--privilege <name>", "something that releases may ask for here", each);
  const example = "device init device-1 --url http://127.0.0.1:8404 --root hello/root.json --product hello --channel stable";
  verb<Options>(command, example, async ({ root, privilege = [], ...options }, _, dir = "") => {
    const made = await newDevice(resolve(dir), { ...options, privileges: privilege }, root);
    if (!made.ok) return made;
    return accept({
      json: { directory: resolve(dir), ...made.value },
      text: `device ${made.value.id} in ${resolve(dir)}\nNext: countersign device install --dir ${dir}`,
    });
  });
}
