// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { TargetFile } from "@countersign/trust/tuf/meta";
import type { Change } from "./splice.ts";

/** Lists a target in a targets role, under the path that clients ask for (TUF 4.5), or lists other bytes under it. */
export function setTarget(path: string, file: TargetFile): Change {
  return { path: ["targets", path], value: file as unknown as Json };
}

/** Lists a target no longer. Its bytes stay where they are until nothing lists them. */
export function removeTarget(path: string): Change {
  return { path: ["targets", path], value: undefined };
}
