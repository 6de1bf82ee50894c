// SPDX-License-Identifier: Apache-2.0
import { hash, timingSafeEqual } from "node:crypto";
import { type Check, decide } from "@countersign/trust/check";

/** A request to the page, before anything in it is read. */
export interface LoopbackRequest {
  readonly candidate: { readonly method: string; readonly path: string };
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The page's own: `http://localhost:PORT`. */
  readonly origin: string;
  /** The path that this page has, and nobody knows who was not told. */
  readonly path: string;
}

const remedy = "Open the address that the terminal shows.";

/** What a request to the page must be. Any page of the web may send requests to this machine; none of them gets an answer. */
export const loopbackChecks: readonly Check<LoopbackRequest>[] = [
  {
    name: "page/host",
    source: "DNS rebinding: a name of somebody else's that leads here is not this page",
    examine: ({ headers, origin }) =>
      decide(`http://${headers["host"]}` === origin, origin, `host ${headers["host"] ?? "not said"}`, "page-unknown", remedy),
  },
  {
    name: "page/path",
    source: "the address is known to who was told it, and is good for one signature",
    examine: ({ candidate, path }) =>
      decide(sameText(candidate.path, path), "the path that was announced", "another path", "page-unknown", remedy),
  },
  {
    name: "page/method",
    source: "Fetch: a request that another page can make without asking is a GET, or one of a simple type",
    examine: ({ candidate: { method }, headers }) =>
      decide(
        method === "GET" || (method === "POST" && headers["content-type"] === "application/json"),
        "GET, or POST of application/json",
        `${method} ${headers["content-type"] ?? ""}`,
        "page-unknown",
        remedy,
      ),
  },
  {
    name: "page/origin",
    source: "Fetch: browsers say which page a POST is from",
    examine: ({ candidate: { method }, headers, origin }) =>
      decide(
        method === "GET" || headers["origin"] === origin,
        `a POST from ${origin}`,
        `origin ${headers["origin"] ?? "not said"}`,
        "page-unknown",
        remedy,
      ),
  },
  {
    name: "page/frame",
    source: "Fetch metadata: opened by its person, not fetched or framed by a page of another site",
    examine: ({ headers }) => {
      const [site = "none", destination = "document"] = [headers["sec-fetch-site"], headers["sec-fetch-dest"]];
      const own = site === "same-origin" || site === "none";
      return decide(
        own && destination !== "iframe",
        "a request of its own page, or of a person",
        `${destination} from ${site}`,
        "page-unknown",
        remedy,
      );
    },
  },
];

/** Compares without telling by the time how much was right. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}
