// SPDX-License-Identifier: Apache-2.0

/**
 * How the network is reached: by what the environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, in either case), by no proxy, or
 * by the proxy at this URL, for every host.
 */
export type ProxySetting = "environment" | "none" | string;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, or undefined where it is reached directly. By the environment, hosts of `NO_PROXY` and this machine itself are always
 * reached directly. Throws where what is set is no http or https URL: going round a proxy that somebody wanted would be worse.
 */
export function proxyFor(url: URL, setting: ProxySetting, environment: Environment): string | undefined {
  if (setting === "none") return undefined;
  if (setting !== "environment") return proxyUrl(setting);
  if (isLoopback(url.hostname) || isExcepted(url, variable(environment, "no_proxy"))) return undefined;
  const named = variable(environment, url.protocol === "https:" ? "https_proxy" : "http_proxy");
  return named === "" ? undefined : proxyUrl(named);
}

function variable(environment: Environment, name: string): string {
  return environment[name] ?? environment[name.toUpperCase()] ?? "";
}

function proxyUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new RangeError("a proxy must be an http or https URL, such as http://proxy.example:8080");
  return url.href;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}

/** `NO_PROXY`: hosts, domains with or without a dot or `*.` before them (they hold for what is below them too), each with a port if wanted; `*` is all. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const here = port || (protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((item) => item !== "")
    .some((item) => {
      if (item === "*") return true;
      const [, name = "", at] = /^(.*?)(?::(\d+))?$/.exec(item) ?? [];
      const domain = name.replace(/^\*?\./, "");
      return (at === undefined || at === here) && (hostname === domain || hostname.endsWith(`.${domain}`));
    });
}
