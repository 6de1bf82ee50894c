// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";

/** The main file of a duty: `sign`, `build/issuer`, or `ci-platform`, which is no duty of ours and lives in this room. */
export function dutyMain(duty: string): string {
  return fileURLToPath(import.meta.resolve(duty === "ci-platform" ? "@countersign/world/ci-platform" : `@countersign/${duty}/main`));
}
