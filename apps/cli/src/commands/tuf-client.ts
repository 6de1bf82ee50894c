// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { mapFile } from "@countersign/trust/tuf/map-file";
import { type NetworkSettings, network } from "@countersign/updater/network";
import { TufClient, type TufClientOptions } from "@countersign/updater/tuf/client";
import { MapClient } from "@countersign/updater/tuf/map-client";
import { readOption } from "../read-option.ts";
import type { Answer, Screen } from "../screen.ts";
import { missing, type TufOptions } from "./tuf-options.ts";

/** Does `work` with the client that the options describe, of one repository or of the several of a map, and closes its connections. */
export async function withClient(
  options: TufOptions,
  screen: Screen,
  work: (client: TufClient | MapClient) => Promise<Outcome<Answer>>,
): Promise<Outcome<Answer>> {
  const told = missing(options, "metadataDir", ...(options.map === undefined ? (["metadataUrl"] as const) : []));
  if (!told.ok) return told;
  const { metadataDir: directory = "", metadataUrl: metadataUrls = [], targetBaseUrl: targetsUrls } = options;
  const [settings, freshness] = [await networkSettings(options), freshnessOf(options)];
  if (!settings.ok) return settings;
  if (!freshness.ok) return freshness;
  using way = network(settings.value);
  const progress = (received: number, total: number): void =>
    screen.progress(`${Math.floor((received / total) * 100)} % of ${total} bytes`);
  const common = { directory, network: way, freshness: freshness.value, progress };
  if (options.map !== undefined) {
    const map = await readOption("--map", options.map);
    const read = map.ok ? decodeBytes(mapFile, map.value, options.map) : map;
    return read.ok ? await work(new MapClient(read.value, common)) : read;
  }
  const root = options.root === undefined ? accept(undefined) : await readOption("--root", options.root);
  return root.ok ? await work(new TufClient({ ...common, metadataUrls, targetsUrls, root: root.value })) : root;
}

function freshnessOf({ lazyFor, offlineUntil }: TufOptions): Outcome<TufClientOptions["freshness"]> {
  if (offlineUntil === undefined) return accept(lazyFor === undefined ? undefined : { kind: "lazy-for", seconds: lazyFor });
  const until = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(offlineUntil) ? Date.parse(offlineUntil) : Number.NaN;
  if (!Number.isNaN(until)) return accept({ kind: "offline", until });
  return refuse("malformed-time", "--offline-until with a time like 2026-12-31T00:00:00Z", offlineUntil, "Write the time so.");
}

/** A header, as RFC 9110 writes it. */
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*)$/;

async function networkSettings({ metadataUrl, targetBaseUrl, header = [], proxy, ca }: TufOptions): Promise<Outcome<NetworkSettings>> {
  if (proxy !== undefined && proxy !== "none" && !/^https?:$/.test(URL.parse(proxy)?.protocol ?? ""))
    return refuse("malformed-url", "--proxy none, or an http or https URL", proxy, "Write it like http://proxy.example:8080");
  const own: Record<string, string> = {};
  for (const line of header) {
    const [, name, value] = headerLine.exec(line) ?? [];
    if (name === undefined || value === undefined)
      return refuse("malformed-header", '--header "Name: value"', "another form", "Write it so.");
    own[name] = value;
  }
  const origins = [metadataUrl?.[0], targetBaseUrl?.[0]].flatMap((url) => URL.parse(url ?? "")?.origin ?? []);
  const headers = Object.fromEntries(origins.map((origin) => [origin, own]));
  const authorities = ca === undefined ? accept(undefined) : await readOption("--ca", ca);
  return authorities.ok ? accept({ headers, proxy, ca: authorities.value?.toString() }) : authorities;
}
