// SPDX-License-Identifier: Apache-2.0
import type { Agent, ClientRequest, RequestOptions as HttpOptions } from "node:http";
import type { Readable } from "node:stream";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { defaultLimits } from "@countersign/trust/limits";
import { isErrno } from "./errno.ts";
import { readLocal } from "./local-file.ts";
import { type Environment, type ProxySetting, proxyFor } from "./proxy.ts";
import { lost, statusRefusal, tooSlow } from "./stop.ts";
import { wideAgent } from "./wide-agent.ts";

// An import statement reads every export of a module, and one of node:http brings the whole of fetch with it: 20 ms at each start.
const http = process.getBuiltinModule("node:http");

export interface NetworkSettings {
  /**
   * Headers such as authorization, by origin (`https://updates.example`). They go to that origin only: never on from it by a redirect, never
   * by a redirect to it from elsewhere, and never through a proxy that could read them.
   */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** `environment` if nothing is said. */
  readonly proxy?: ProxySetting | undefined;
  /** PEM certificates: where given, only what they vouch for is accepted as https. */
  readonly ca?: string | undefined;
}

/** A request that can be stopped from several sides: abort `stop` with a Refusal as the reason, and that is its outcome. */
export interface Fetching {
  readonly url: string;
  /** Headers that every origin gets. */
  readonly openHeaders?: Readonly<Record<string, string>>;
  /** How long the headers of the answer may take, redirects included. */
  readonly connectSeconds: number;
  readonly stop: AbortController;
}

/** An answer with its body unread. Read it or destroy it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/** The way to repositories: connections that are kept open between requests. Disposing of it closes them. */
export interface Network extends Disposable {
  /**
   * Asks for a URL, without compression, and returns the answer, whatever its status. A `file:` URL is read from this machine, and no redirect leads to one. Refuses
   * any other scheme but http and https, a step from https down to http, too many redirects, credentials in a URL and an answer in another encoding (`http-status`), a connection that fails
   * (`connection-lost`), one that takes too long (`too-slow`), a certificate (`certificate-refused`), a proxy that does not let it through
   * (`proxy-refused`), and headers that a proxy could read (`headers-exposed`).
   */
  get(fetching: Fetching): Promise<Outcome<Answer>>;
}

export function network(settings: NetworkSettings = {}, environment: Environment = process.env): Network {
  return new Connections(settings, environment);
}

class Connections implements Network {
  readonly #settings: NetworkSettings;
  readonly #environment: Environment;
  readonly #agents = new Map<string, Agent>();

  constructor(settings: NetworkSettings, environment: Environment) {
    this.#settings = settings;
    this.#environment = environment;
  }

  async get(fetching: Fetching): Promise<Outcome<Answer>> {
    const { stop, connectSeconds } = fetching;
    const limit = setTimeout(() => stop.abort(tooSlow(`an answer within ${connectSeconds} s`, "none")), connectSeconds * 1000);
    try {
      return await this.#followRedirects(fetching);
    } catch (error) {
      return { ok: false, refusal: lost(error, stop.signal) };
    } finally {
      clearTimeout(limit);
    }
  }

  async #followRedirects({ url, openHeaders, stop }: Fetching): Promise<Outcome<Answer>> {
    let here = URL.parse(url);
    let own = here === null ? {} : (this.#settings.headers?.[here.origin] ?? {});
    for (let redirects = 0; ; redirects++) {
      if (here === null) return statusRefusal("a URL", url);
      if (here.protocol === "file:" && redirects === 0) return await readLocal(here);
      if (here.protocol !== "https:" && here.protocol !== "http:") return statusRefusal("an http or https URL", here.protocol);
      if (here.username !== "" || here.password !== "") return statusRefusal("a URL without a password in it", `one for ${here.host}`);
      const proxy = proxyFor(here, this.#settings.proxy ?? "environment", this.#environment);
      if (proxy !== undefined && here.protocol === "http:" && Object.keys(own).length > 0)
        return refuse(
          "headers-exposed",
          `https to ${here.host}, which takes headers of its own`,
          "http through a proxy",
          "use its https URL",
        );
      const headers = { ...own, ...openHeaders, "accept-encoding": "identity" };
      const answer = await this.#ask(here, proxy, { method: "GET", headers, signal: stop.signal });
      const location = answer.headers["location"];
      const { status } = answer;
      if (status < 300 || status > 399 || typeof location !== "string") return plain(answer);
      answer.body.destroy();
      if (redirects === defaultLimits.redirects)
        return statusRefusal(`at most ${defaultLimits.redirects} redirects`, `one more, to ${location}`);
      const next: URL | null = URL.parse(location, here.href);
      if (next === null) return statusRefusal("a redirect to a URL", location);
      if (here.protocol === "https:" && next.protocol !== "https:") return statusRefusal("a redirect that stays on https", next.href);
      if (next.origin !== here.origin) own = {};
      here = next;
    }
  }

  #ask(url: URL, proxy: string | undefined, options: HttpOptions): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const scheme = url.protocol === "https:" ? process.getBuiltinModule("node:https") : http;
    const request: ClientRequest = scheme.request(url, { ...options, agent: this.#agent(url.protocol, proxy) });
    let answered = false;
    request.on("response", (body) => {
      answered = true;
      body.on("error", ignored);
      resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
    });
    request.on("error", (error) => {
      // The server may have closed an idle connection just as it was taken again: that says nothing of this request.
      const outdated = request.reusedSocket && !answered && isErrno(error, "ECONNRESET", "EPIPE");
      if (outdated) resolve(this.#ask(url, proxy, options));
      else reject(error);
    });
    request.end();
    return promise;
  }

  /** One for each way out of here, made when it is first needed. */
  #agent(protocol: string, proxy: string | undefined): Agent {
    const way = `${protocol} ${proxy ?? "direct"}`;
    const agent = this.#agents.get(way) ?? agentFor(protocol, proxy, this.#settings.ca);
    this.#agents.set(way, agent);
    return agent;
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

function agentFor(protocol: string, proxy: string | undefined, ca: string | undefined): Agent {
  const options = { keepAlive: true, ...(proxy !== undefined && { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }) };
  if (protocol === "https:") {
    const https = process.getBuiltinModule("node:https");
    return new https.Agent({ ...options, ...(ca !== undefined && { ca }) });
  }
  return proxy === undefined ? wideAgent(options) : new http.Agent(options);
}

/** What is hashed is what is signed, so nothing may have been packed on the way. */
function plain(answer: Answer): Outcome<Answer> {
  const encoding = answer.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return accept(answer);
  answer.body.destroy();
  return statusRefusal("bytes as they are (identity), as was asked for", `content-encoding ${encoding}`);
}

/** Whoever reads a body is told of its errors then; that one breaks before anybody reads it must not end the process. */
function ignored(): undefined {
  return undefined;
}
