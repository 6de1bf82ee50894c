// SPDX-License-Identifier: Apache-2.0
import type { TargetFile, TargetsDocument } from "@countersign/trust/anchor/targets";
import { decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Head, head } from "@countersign/trust/release/head";
import { type Read, readFile } from "@countersign/trust/workflow/step";
import { headPath } from "./next-channel.ts";
import { targetStorePath } from "./target-path.ts";

/** The heads that a channel file lists, by target path. As trusted as the channel file: each is exactly the listed bytes, for its own place. */
export async function readHeads(read: Read, channel: TargetsDocument | undefined): Promise<Outcome<ReadonlyMap<string, Head>>> {
  const heads = new Map<string, Head>();
  for (const [path, listed] of Object.entries(channel?.targets ?? {})) {
    if (!path.endsWith("/head.json")) continue;
    const found = await readHead(read, path, listed);
    if (!found.ok) return found;
    heads.set(path, found.value);
  }
  return accept(heads);
}

async function readHead(read: Read, path: string, { length, hashes }: TargetFile): Promise<Outcome<Head>> {
  const bytes = await readFile(read, targetStorePath(path, hashes.sha256), length);
  if (!bytes.ok) return bytes;
  const digest = sha256(bytes.value);
  if (digest !== hashes.sha256) return refuse("digest-mismatch", `${path} with sha256 ${hashes.sha256}`, digest, "Use another mirror.");
  const decoded = decodeBytes(head, bytes.value, path);
  if (decoded.ok && headPath(decoded.value) !== path)
    return refuse("head-misplaced", path, headPath(decoded.value), "The signers listed a head of another place; do not use this channel.");
  return decoded;
}
