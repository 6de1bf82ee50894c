// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Updater } from "tuf-js";
import { contentOf, type Feature } from "../feature.ts";
import { answers, type Implementation, type Shelf } from "../implementation.ts";
import { sha256 } from "../repository-files.ts";
import { writeTufJs } from "../tuf-js/write.ts";

/** tuf-js, which npm has installed with everything else. */
export const tufJs: Implementation = {
  name: "tuf-js",
  install: async () => undefined,
  write: (features, _, directory) => answers(features, async (feature) => writeTufJs(feature, join(directory, feature.name))),
  read: (shelf, work) => answers(shelf.features, (feature) => readTufJs(feature, shelf, join(work, feature.name))),
};

async function readTufJs({ name, present, absent, digests }: Feature, { directory, url }: Shelf, work: string): Promise<void> {
  const [metadataDir, targetDir] = [join(work, "metadata"), join(work, "targets")];
  for (const made of [metadataDir, targetDir]) mkdirSync(made, { recursive: true });
  writeFileSync(join(metadataDir, "root.json"), readFileSync(join(directory, name, "metadata", "1.root.json")));
  const base = `${url}/${name}`;
  const updater = new Updater({ metadataDir, metadataBaseUrl: `${base}/metadata`, targetDir, targetBaseUrl: `${base}/targets` });
  await updater.refresh();
  for (const path of present) {
    const target = await updater.getTargetInfo(path);
    if (target === undefined) throw new Error(`${path} was not found`);
    const bytes = readFileSync(await updater.downloadTarget(target));
    if (sha256(bytes) !== (digests?.[path] ?? sha256(contentOf(path)))) throw new Error(`${path} has other bytes`);
  }
  for (const path of absent) if ((await updater.getTargetInfo(path)) !== undefined) throw new Error(`${path} was found`);
}
