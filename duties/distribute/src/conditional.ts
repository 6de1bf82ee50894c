// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders } from "node:http";

/** The bytes to send, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** True if the client has the bytes already (RFC 9110, 13.1.2; the comparison is the weak one). */
export function notModified(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = (headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

/**
 * The one range a GET asks for (RFC 9110, 14), `"unsatisfiable"` for 416, or undefined to send all: no range, one in a form
 * that is not ours to serve (several, other units), or one of other bytes than these (If-Range).
 */
export function byteRange(headers: IncomingHttpHeaders, etag: string, size: number): ByteRange | "unsatisfiable" | undefined {
  const ifRange = headers["if-range"];
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") return Number(last) === 0 || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - Number(last)), end: size - 1 };
  if (last !== "" && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return "unsatisfiable";
  return { start: Number(first), end: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}
