// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { network } from "@countersign/updater/network";
import { TufClient } from "@countersign/updater/tuf/client";
import { contentOf, type Feature } from "../feature.ts";
import { answers, type Implementation, type Shelf } from "../implementation.ts";
import { writeOurs } from "../ours/write.ts";
import { sha256 } from "../repository-files.ts";

/** Ours: the editor of `repository`, and the plain TUF client of `updater`. */
export const countersign: Implementation = {
  name: "countersign",
  install: async () => undefined,
  write: (features, _, directory) => answers(features, (feature) => writeOurs(feature, join(directory, feature.name))),
  read: (shelf, work) => answers(shelf.features, (feature) => readOurs(feature, shelf, join(work, feature.name))),
};

async function readOurs({ name, present, absent, digests }: Feature, { directory, url }: Shelf, work: string): Promise<void> {
  using net = network();
  const client = new TufClient({
    directory: join(work, "metadata"),
    metadataUrls: [`${url}/${name}/metadata`],
    targetsUrls: [`${url}/${name}/targets`],
    root: readFileSync(join(directory, name, "metadata", "1.root.json")),
    network: net,
  });
  for (const path of present) {
    const { outcome } = await client.download(path, join(work, "targets"));
    if (!outcome.ok)
      throw new Error(`${path}: ${outcome.refusal.code}: expected ${outcome.refusal.expected}, found ${outcome.refusal.found}`);
    const bytes = readFileSync(outcome.value.file);
    if (sha256(bytes) !== (digests?.[path] ?? sha256(contentOf(path)))) throw new Error(`${path} has other bytes`);
  }
  for (const path of absent) {
    const { outcome } = await client.lookup(path);
    if (outcome.ok || outcome.refusal.code !== "no-such-target") throw new Error(outcome.ok ? `${path} was found` : outcome.refusal.code);
  }
}
