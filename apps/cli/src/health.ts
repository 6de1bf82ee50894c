// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Health } from "@countersign/trust/release/statement";

/** The health check that a command line describes. Refused where the release has no such program: every device would roll it back. */
export async function healthOf(directory: string, written: string, expect: string | undefined): Promise<Outcome<Health>> {
  const command = written.split(" ").filter((word) => word !== "");
  const program = join(directory, command[0] ?? "");
  const mode = (await stat(program).catch(absent))?.mode ?? 0;
  if (command.length === 0 || (mode & 0o111) === 0)
    return refuse(
      "no-health-program",
      "a program inside the directory that can be executed",
      program,
      'Name one: --health "bin/app --version"',
    );
  return accept({ command, expect: expect ?? null, timeoutSeconds: 30, attempts: 3 });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
