// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { judge } from "@countersign/trust/check";
import type { Outcome } from "@countersign/trust/refusal";
import { observedPrivilegeChecks } from "@countersign/trust/release/observed-privileges";
import type { Statement } from "@countersign/trust/release/statement";
import { systemFilesIn } from "@countersign/updater/system-files";

/**
 * Whether what is to be released declares the files in it that the system would run or obey by itself. Devices refuse it otherwise (gate 14), after it was approved
 * and has soaked; so whoever proposes hears it first: `privilege-undeclared`.
 */
export async function declaresItsFiles(
  candidate: Pick<Statement, "privileges">,
  directory: string,
): Promise<Outcome<Pick<Statement, "privileges">>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative(directory, join(parentPath, name)));
  const observed = await systemFilesIn(
    directory,
    files.map((path) => path.replaceAll(sep, "/")),
  );
  return judge({ candidate, observed }, observedPrivilegeChecks).outcome;
}
