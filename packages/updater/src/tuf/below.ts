// SPDX-License-Identifier: Apache-2.0

/** The URL of a file below a base URL, which may be written with its final slash or without. */
export function below(base: string, path: string): string {
  return `${base}${base.endsWith("/") ? "" : "/"}${path}`;
}
