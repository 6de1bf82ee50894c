// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentOf } from "./feature.ts";

export function putFile(directory: string, path: string, bytes: Uint8Array): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Puts the content of a target where clients ask for it: with consistent snapshots, its hash stands before the file name (TUF 6.2). */
export function putTarget(directory: string, path: string, consistent: boolean): void {
  const bytes = contentOf(path);
  const name = path.lastIndexOf("/") + 1;
  const prefix = consistent ? `${sha256(bytes)}.` : "";
  putFile(directory, `targets/${path.slice(0, name)}${prefix}${path.slice(name)}`, bytes);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
