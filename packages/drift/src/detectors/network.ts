// SPDX-License-Identifier: Apache-2.0
import { freshFiles } from "../changed-files.ts";
import type { Detector, Evidence } from "../detector.ts";
import { baseDomain } from "../facts/hosts.ts";
import type { Pair } from "../pair.ts";

function newHosts(pair: Pair, word: (host: string) => string): readonly Evidence[] {
  if (pair.before === undefined) return [];
  const had = new Set([...pair.before.contents.files.values()].flatMap(({ hosts }) => hosts.map(({ what }) => word(what))));
  const seen = new Set<string>();
  return freshFiles(pair).flatMap(({ path, hosts }) =>
    hosts.flatMap(({ what, line }) => {
      const name = word(what);
      if (had.has(name) || seen.has(name)) return [];
      seen.add(name);
      return [{ text: what, path, line }];
    }),
  );
}

const isAddress = (host: string): boolean => /^[\d.]+$|^\[/.test(host);

export const hostAdded: Detector = {
  signal: "host-added",
  group: "network",
  title: "Code names a host that it did not",
  detect: (pair) => newHosts(pair, (host) => host).filter(({ text }) => !isAddress(text)),
};

export const domainAdded: Detector = {
  signal: "domain-added",
  group: "network",
  title: "Code names a domain that it had nothing of",
  detect: (pair) => newHosts(pair, baseDomain).filter(({ text }) => !isAddress(text)),
};

export const addressAdded: Detector = {
  signal: "address-added",
  group: "network",
  title: "Code names a bare network address",
  detect: (pair) => newHosts(pair, (host) => host).filter(({ text }) => isAddress(text)),
};
