// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "./feature.ts";

/** What somebody without a key does to a repository on its way; each must be refused, by everybody. */
const tampering: Readonly<Record<string, { readonly file: string; change(bytes: Buffer): Buffer }>> = {
  "forged-target": { file: "targets/*hello.txt", change: (bytes) => Buffer.from(bytes.toString().replace("content", "malware")) },
  "forged-targets-role": { file: "metadata/1.targets.json", change: otherDate },
  "forged-timestamp": { file: "metadata/timestamp.json", change: otherDate },
  "forged-signature": {
    file: "metadata/timestamp.json",
    change: (bytes) => Buffer.from(bytes.toString().replace(/("sig": ?")(.)/, (_, name, digit) => `${name}${digit === "0" ? "1" : "0"}`)),
  },
};

/** Copies of the plain repository below a directory, each with one thing changed. */
export function forgeries(directory: string): readonly Feature[] {
  const plain = join(directory, "plain");
  if (!existsSync(plain)) return [];
  return Object.entries(tampering).map(([name, { file, change }]) => {
    const copy = join(directory, name);
    cpSync(plain, copy, { recursive: true });
    const [found] = globSync(file, { cwd: copy });
    if (found === undefined) throw new Error(`${copy} has no ${file}`);
    const bytes = readFileSync(join(copy, found));
    const changed = change(bytes);
    if (changed.equals(bytes)) throw new Error(`nothing was changed in ${found}`);
    writeFileSync(join(copy, found), changed);
    return { name, targets: { targets: [] }, present: ["hello.txt"], absent: [] };
  });
}

/** Good for another ten years, says nobody. */
function otherDate(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString().replace("2090-01-01", "2099-01-01"));
}
