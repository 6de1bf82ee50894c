// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "./campaign.ts";

/** Writes the input of a finding into a file, and answers what happened and the command that does it again. */
export function keepFinding({ target, what, input }: Finding): string {
  const directory = join(tmpdir(), "countersign-fuzz-findings");
  mkdirSync(directory, { recursive: true });
  const digest = createHash("sha256").update(input).digest("hex");
  const file = join(directory, `${target}-${digest.slice(0, 12)}.input`);
  writeFileSync(file, input);
  return `FINDING in ${target}: ${what}\n  again: npm run fuzz -- --replay ${file}`;
}
