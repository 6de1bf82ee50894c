// SPDX-License-Identifier: Apache-2.0
import { type Mention, mentions } from "./mention.ts";

const url = /\b(?:https?|wss?|ftp):\/\/([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])/g;
const address = /["'`](?:https?:\/\/)?((?:\d{1,3}\.){3}\d{1,3})(?::\d+)?[/"'`]/g;

/** Names that stand for no host, and sites of specifications, which code names as identifiers and does not ask. */
const named =
  /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|.*\.(?:example|invalid|test|localhost)|(?:.*\.)?example\.(?:com|org|net)|(?:.*\.)?w3\.org|(?:.*\.)?json-schema\.org|schemas\..*|(?:.*\.)?ietf\.org|(?:.*\.)?rfc-editor\.org|(?:.*\.)?unicode\.org)$/i;

/** Hosts and addresses in code, without its comments. Private and documentation addresses are hosts, too. */
export function hostsIn(code: string): readonly Mention[] {
  const found = [
    ...mentions(code, url, ([, host]) => real(host)),
    ...mentions(code, address, ([, host]) => (octets(host) ? real(host) : undefined)),
  ];
  return [...new Map(found.map((mention) => [mention.what, mention])).values()];
}

/** What hosts of one owner have in common: the last two labels, three where the second is as short as in `co.uk`; an address is its own. */
export function baseDomain(host: string): string {
  if (/^[\d.]+$|^\[/.test(host)) return host;
  const labels = host.split(".");
  const [second = ""] = labels.slice(-2);
  return labels.slice(second.length <= 3 && labels.length > 2 ? -3 : -2).join(".");
}

function real(host: string | undefined): string | undefined {
  const name = host?.toLowerCase().replace(/\.$/, "");
  return name === undefined || named.test(name) || !/[.:]/.test(name) ? undefined : name;
}

function octets(address: string | undefined): boolean {
  return address?.split(".").every((octet) => Number(octet) <= 255 && String(Number(octet)) === octet) === true;
}
