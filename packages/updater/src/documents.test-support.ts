// SPDX-License-Identifier: Apache-2.0
// The documents that a device would hold after the second of two honest states, and a memory to go with them.

import { root } from "@countersign/trust/anchor/root";
import { targets } from "@countersign/trust/anchor/targets";
import { timestamp } from "@countersign/trust/anchor/timestamp";
import { type Decoder, decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import type { Files } from "@countersign/trust/founding.test-support";
import { policy } from "@countersign/trust/policy/policy";
import { must } from "@countersign/trust/simulator.test-support";
import { snapshot } from "@countersign/trust/tuf/snapshot";
import type { Documents } from "./stored-documents.ts";

export function documentsOf(files: Files, version = 2): Documents {
  const signed = <T>(decoder: Decoder<T>, path: string) => must(readEnvelope(decoder, files.get(path) ?? Buffer.of(), path));
  const target = (end: string): Uint8Array => [...files].findLast(([path]) => path.endsWith(end))?.[1] ?? Buffer.of();
  const [policyBytes, headBytes] = [target(".policy.json"), target(".head.json")];
  return {
    root: signed(root, `metadata/${version}.root.json`),
    timestamp: signed(timestamp, "metadata/timestamp.json"),
    snapshot: signed(snapshot, `metadata/${version}.snapshot.json`),
    targets: signed(targets, "metadata/1.targets.json"),
    channel: signed(targets, `metadata/${version}.stable.json`),
    policy: { policy: must(decodeBytes(policy, policyBytes, "policy")), bytes: policyBytes, digest: sha256(policyBytes) },
    head: { bytes: headBytes, digest: sha256(headBytes) },
  };
}
