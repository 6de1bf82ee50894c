// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { each } from "../each.ts";
import { newDevice } from "../new-device.ts";
import { type Told, toldOrProject } from "../told.ts";
import { verb } from "../verb.ts";

interface Options extends Partial<Told> {
  readonly platform: string;
  readonly privilege?: readonly string[];
  readonly mirror?: readonly string[];
  readonly proxy?: string;
  readonly ca?: string;
}

export function init(command: Command): void {
  command
    .description("make a device: where its updates come from, and the root that it trusts")
    .argument("<dir>", "a directory that only the updater writes to")
    .option("--url <url>", "where the repository is served, or file:///DIR for a copy that is carried here (default: by the project here)")
    .option("--root <file>", "the root to trust, never from the network (default: root.json of the project here)")
    .option("--product <name>", "what it runs (default: the project's)")
    .option("--channel <name>", "which releases it takes (default: the project's)")
    .option("--platform <name>", "what it runs on", `${process.platform}-${process.arch}`)
    .option("--privilege <name>", "something that releases may ask for here", each)
    .option("--mirror <url>", "where else the repository is served, in order", each)
    .option("--proxy <url>", "a proxy for every host, or none (default: by HTTPS_PROXY, HTTP_PROXY and NO_PROXY)")
    .option("--ca <file>", "PEM certificates: then only what they vouch for is accepted as https");
  const example = "device init device-1 --url http://127.0.0.1:8404 --root hello/root.json --product hello --channel stable";
  verb<Options>(command, example, async (options, _, dir = "") => {
    const told = await toldOrProject(options);
    if (!told.ok) return told;
    const { root, ...place } = told.value;
    const { platform, privilege: privileges = [], mirror: mirrors, proxy } = options;
    const ca = options.ca && resolve(options.ca);
    const made = await newDevice(resolve(dir), { ...place, platform, privileges, mirrors, proxy, ca }, root);
    if (!made.ok) return made;
    return accept({
      json: { directory: resolve(dir), ...made.value },
      text: `device ${made.value.id} in ${resolve(dir)}\nNext: countersign device install --dir ${dir}`,
    });
  });
}
