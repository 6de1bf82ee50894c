// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Verdict } from "@countersign/trust/check";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Found } from "@countersign/trust/tuf/lookup";
import { consult, type MapFile, type Said } from "@countersign/trust/tuf/map-file";
import type { Trusted } from "@countersign/trust/tuf/trusted";
import type { Step } from "@countersign/trust/workflow/step";
import { below } from "./below.ts";
import { TufClient, type TufClientOptions } from "./client.ts";
import { fileName } from "./file-name.ts";
import type { DownloadedTarget } from "./target-download.ts";

/** What every client of a map has in common; `directory` holds one directory a repository, by its name in the map. */
export type MapClientOptions = Omit<TufClientOptions, "metadataUrls" | "targetsUrls" | "root">;

/**
 * Several repositories used as one, by a map file (TAP 4): which of them must agree on a target is the map's, who says what is each repository's own
 * client's. Of each repository metadata is below `metadata/` of its URLs, targets below `targets/`. Begin each directory with its own root.
 */
export class MapClient {
  readonly #map: MapFile;
  readonly #clients: ReadonlyMap<string, TufClient>;

  constructor(map: MapFile, options: MapClientOptions) {
    this.#map = map;
    this.#clients = new Map(Object.entries(map.repositories).map(([name, urls]) => [name, clientOf(name, urls, options)]));
  }

  /** Refreshes every repository, also where one before it refuses; then the first refusal is the outcome. */
  async refresh(): Promise<Step<ReadonlyMap<string, Trusted>>> {
    const verdicts: Verdict[] = [];
    const trusted = new Map<string, Trusted>();
    let refused: Outcome<never> | undefined;
    for (const [name, client] of this.#clients) {
      const step = await client.refresh();
      verdicts.push(...step.verdicts);
      if (step.outcome.ok) trusted.set(name, step.outcome.value);
      else refused ??= step.outcome;
    }
    return { verdicts, outcome: refused ?? accept(trusted) };
  }

  /** Asks repositories until enough of them agree, as `consult` demands, and downloads from the first of these that serves the target. */
  async download(path: string, directory: string): Promise<Step<DownloadedTarget>> {
    const { verdicts, outcome: agreed } = await this.#agree(path);
    if (!agreed.ok) return { verdicts, outcome: agreed };
    let outcome: Outcome<DownloadedTarget> | undefined;
    for (const { client, found } of agreed.value) {
      outcome = await client.fetch(found, directory);
      if (outcome.ok) break;
    }
    if (outcome === undefined) throw new Error("repositories agreed, and none of them is known");
    return { verdicts, outcome };
  }

  async #agree(path: string): Promise<Step<readonly Voice[]>> {
    const verdicts: Verdict[] = [];
    const voices = new Map<string, Voice>();
    const consultation = consult(this.#map, path);
    let next = consultation.next();
    while (!next.done) {
      const client = this.#clients.get(next.value);
      if (client === undefined) throw new Error(`the map names a repository without a place: ${next.value}`);
      const step = await client.lookup(path);
      verdicts.push(...step.verdicts);
      if (step.outcome.ok) voices.set(next.value, { client, found: step.outcome.value });
      next = consultation.next(said(step.outcome));
    }
    if (!next.value.ok) return { verdicts, outcome: next.value };
    return { verdicts, outcome: accept(next.value.value.repositories.flatMap((name) => voices.get(name) ?? [])) };
  }
}

/** A repository that lists the target. */
interface Voice {
  readonly client: TufClient;
  readonly found: Found;
}

/** A repository that has no such target has answered; one that refuses for another reason has not. */
function said(outcome: Outcome<Found>): Said {
  if (outcome.ok) return accept(outcome.value.target);
  return outcome.refusal.code === "no-such-target" ? accept(undefined) : outcome;
}

function clientOf(name: string, urls: readonly string[], options: MapClientOptions): TufClient {
  return new TufClient({
    ...options,
    directory: join(options.directory, fileName(name)),
    metadataUrls: urls.map((url) => below(url, "metadata")),
    targetsUrls: urls.map((url) => below(url, "targets")),
  });
}
