// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { network } from "../network.ts";
import { initialise, TufClient, type TufClientOptions } from "./client.ts";
import type { TestRepository } from "./repository.test-support.ts";

const way = network();
const base = await mkdtemp(join(tmpdir(), "tuf-client-"));
after(() => {
  way[Symbol.dispose]();
  return rm(base, { recursive: true });
});

export function newDirectory(): Promise<string> {
  return mkdtemp(join(base, "metadata-"));
}

/** The options of a client of this repository, with a directory of its own. */
export async function optionsFor(repository: TestRepository, change: Partial<TufClientOptions> = {}): Promise<TufClientOptions> {
  return {
    directory: await newDirectory(),
    metadataUrls: [repository.metadataUrl],
    targetsUrls: [repository.targetsUrl],
    network: way,
    ...change,
  };
}

/** A client that was given the repository's first root. */
export async function clientOf(
  repository: TestRepository,
  change: Partial<TufClientOptions> = {},
): Promise<{ client: TufClient; directory: string }> {
  const options = await optionsFor(repository, change);
  await initialise(options.directory, repository.anchor);
  return { client: new TufClient(options), directory: options.directory };
}

/** What the store trusts: role and version, as `root 2, targets 1`. */
export async function trustedIn(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".json")).sort();
  const versions = files.map(async (file) => {
    const { signed } = JSON.parse(await readFile(join(directory, file), "utf8"));
    return `${file.slice(0, -".json".length)} ${signed.version}`;
  });
  return (await Promise.all(versions)).join(", ");
}

/** The refusal's code, or `accepted`. */
export function codeOf({ outcome }: { readonly outcome: { readonly ok: boolean; readonly refusal?: { readonly code: string } } }): string {
  return outcome.ok ? "accepted" : (outcome.refusal?.code ?? "refused");
}
