// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { createBundle } from "@countersign/release/bundle/create-bundle";
import type { BundleProgress, Site } from "@countersign/release/bundle/site";
import { accept } from "@countersign/trust/refusal";
import { network } from "@countersign/updater/network";
import type { Command } from "commander";
import { each } from "../each.ts";
import { readOption } from "../read-option.ts";
import type { Screen } from "../screen.ts";
import { type Told, toldOrProject } from "../told.ts";
import { verb } from "../verb.ts";

interface Options extends Partial<Told> {
  readonly platform?: Site["platforms"];
  readonly mirror?: readonly string[];
  readonly proxy?: string;
  readonly ca?: string;
  readonly revocations?: true;
}

export function create(command: Command): void {
  command
    .description("bring together what devices will read, and verify it as they will")
    .argument("[file]", "where it goes (default: PRODUCT-CHANNEL.bundle)")
    .option("--url <url>", "where the repository is served (default: by the project here)")
    .option("--root <file>", "the root that the devices trust, the oldest where they differ (default: root.json of the project here)")
    .option("--product <name>", "what they run (default: the project's)")
    .option("--channel <name>", "which releases they take (default: the project's)")
    .option("--platform <name>", `what they run on, each (default: ${process.platform}-${process.arch})`, each)
    .option("--revocations", "only what it takes to hear who said no: a few KiB, good for any age")
    .option("--mirror <url>", "where else the repository is served, in order", each)
    .option("--proxy <url>", "a proxy for every host, or none (default: by HTTPS_PROXY, HTTP_PROXY and NO_PROXY)")
    .option("--ca <file>", "PEM certificates: then only what they vouch for is accepted as https");
  const example = "bundle create hello.bundle --url http://127.0.0.1:8404 --root hello/root.json --product hello --channel stable";
  verb<Options>(command, example, async (options, screen, file) => {
    const told = await toldOrProject(options);
    if (!told.ok) return told;
    const { url, product, channel } = told.value;
    const root = await readOption("--root", told.value.root);
    if (!root.ok) return root;
    const { platform: platforms = [`${process.platform}-${process.arch}`], mirror: mirrors, proxy, revocations } = options;
    const ca = options.ca === undefined ? accept(undefined) : await readOption("--ca", options.ca);
    if (!ca.ok) return ca;
    using way = network({ proxy, ca: ca.value?.toString() });
    const site = { url: url.replace(/\/+$/, ""), mirrors, product, channel, platforms, root: root.value };
    const out = resolve(file ?? `${product}-${channel}.bundle`);
    const progress = bundleProgress(screen);
    const made = await createBundle(site, revocations ? "revocations" : "release", out, { network: way, progress });
    if (!made.ok) return made;
    const { bytes, documents, versions } = made.value;
    const holds = revocations ? "what was revoked" : versions.join(", ");
    return accept({
      json: made.value,
      text: `${out}: ${holds}; ${documents} documents, ${bytes} bytes, verified\nNext, on the device: countersign bundle install ${file ?? out} --dir DEVICE`,
    });
  });
}

export function bundleProgress(screen: Screen): BundleProgress {
  return ({ step, done, total }) =>
    screen.progress(done === undefined || total === undefined ? step : `${step}, ${Math.floor((done / Math.max(total, 1)) * 100)} %`);
}
