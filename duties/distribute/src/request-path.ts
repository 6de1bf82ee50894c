// SPDX-License-Identifier: Apache-2.0

/**
 * The store path a request target names ("" for the root), or undefined for one that is refused: dot segments, hidden and
 * temporary files, empty segments, control characters, backslashes, broken or encoded slashes, anything but a path.
 * It is decoded once; nothing decodes it again.
 */
export function requestPath(target: string): string | undefined {
  const raw = target.split("?", 1)[0] ?? "";
  if (!raw.startsWith("/") || /%2f|%5c/i.test(raw)) return undefined;
  const path = decode(raw.slice(1));
  if (path === undefined || path === "") return path;
  return path.split("/").every(isServed) ? path : undefined;
}

function isServed(segment: string): boolean {
  return segment !== "" && segment.length <= 255 && !segment.startsWith(".") && !/[\p{Cc}\\]|~$|\.tmp$/u.test(segment);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
