// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What provenance says where there is no commit: git's own name for none. */
const none = "0".repeat(40);

/** The commit that is checked out where a directory is, or git's zeros where there is no git or no repository. */
export async function commitOf(directory: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("git", ["-C", directory, "rev-parse", "HEAD"]);
    return stdout.trim();
  } catch (error) {
    if (error instanceof Error && "code" in error) return none; // git is not there, or says that this is not its own
    throw error;
  }
}
