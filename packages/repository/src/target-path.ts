// SPDX-License-Identifier: Apache-2.0
import type { TargetFile } from "@countersign/trust/anchor/targets";
import { type Digest, sha256 } from "@countersign/trust/digest";

/** Where a target is kept under consistent snapshots: the digest before the file name, the directory as it is (TUF 6.2). */
export function targetStorePath(targetPath: string, digest: Digest): string {
  const name = targetPath.lastIndexOf("/") + 1;
  return `targets/${targetPath.slice(0, name)}${digest}.${targetPath.slice(name)}`;
}

/** How a targets role names these bytes (TUF 4.5). */
export function targetFileOf(bytes: Uint8Array): TargetFile {
  return { length: bytes.length, hashes: { sha256: sha256(bytes) } };
}
