// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { refuseIoFailure } from "@countersign/updater/io-failure";
import { collect } from "./collect.ts";
import type { BundleOptions, Carries, Site } from "./site.ts";
import { verifyBundle } from "./verify-bundle.ts";
import { writeBundle } from "./write-bundle.ts";

export interface CreatedBundle {
  readonly file: string;
  readonly bytes: number;
  readonly documents: number;
  readonly versions: readonly string[];
}

/**
 * Makes a bundle of what is published now, and verifies it as the devices will. `file` appears only then, and is replaced where it is there; what was fetched before an interruption
 * stays in `FILE.part` for the next run. Refuses what `collect` and `verifyBundle` refuse, `disk-full` and `io-failed`.
 */
export async function createBundle(
  site: Site,
  carries: Carries,
  file: string,
  options: BundleOptions = {},
): Promise<Outcome<CreatedBundle>> {
  try {
    return await create(site, carries, file, options);
  } catch (error) {
    return refuseIoFailure(error, dirname(file));
  }
}

async function create(site: Site, carries: Carries, file: string, options: BundleOptions): Promise<Outcome<CreatedBundle>> {
  const { progress = () => undefined } = options;
  const { product, channel, platforms, root } = site;
  const work = `${file}.part`;
  const collected = await collect(site, carries, work, options);
  if (!collected.ok) return collected;
  await mkdir(work, { recursive: true });
  const written = join(work, "bundle");
  await writeBundle(written, { _type: "bundle", spec: "countersign/1", carries, product, channel, platforms }, collected.value, progress);
  const verified = await verifyBundle(written, root, options);
  if (!verified.ok) return verified;
  const { size } = await stat(written);
  await rename(written, file);
  await rm(work, { recursive: true });
  const { documents, versions } = collected.value;
  return accept({ file, bytes: size, documents: documents.size, versions });
}
