// SPDX-License-Identifier: Apache-2.0
import { directoryStore } from "@countersign/repository/directory-store";
import type { Store } from "@countersign/repository/store";
import { targetStorePath } from "@countersign/repository/target-path";
import { root as rootDocument } from "@countersign/trust/anchor/root";
import { targets as targetsDocument } from "@countersign/trust/anchor/targets";
import { decodeBytes } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { policy as policyDocument } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { openProject, storeDirectory } from "@countersign/world/project";

/** Where a key stands in what is published: which document names it, and as what. */
export interface Standing {
  readonly document: "root" | "targets" | "policy";
  readonly as: readonly string[];
}

/**
 * Everywhere that a project's newest root, targets and policy name a key. It is read from the project's own store and not verified: it says
 * what is left to do, and decides nothing.
 */
export async function standingOf(keyid: string, from: string | undefined): Promise<Outcome<readonly Standing[]>> {
  const project = await openProject(from ?? process.cwd());
  if (!project.ok) return project;
  const store = directoryStore(storeDirectory(project.value));
  const root = readEnvelope(rootDocument, await newest(store, "root"), "root");
  if (!root.ok) return root;
  const targets = readEnvelope(targetsDocument, await newest(store, "targets"), "targets");
  if (!targets.ok) return targets;
  const listed = targets.value.signed.targets.get("policy.json");
  const digest = listed.ok ? (listed.value?.hashes.sha256 ?? "") : "";
  const policy = decodeBytes(
    policyDocument,
    (await store.read(targetStorePath("policy.json", digest as Digest))) ?? new Uint8Array(),
    "policy",
  );
  if (!policy.ok) return policy;
  const top = Object.entries(root.value.signed.roles).filter(([, { keyids }]) => keyids.includes(keyid));
  const delegated = (targets.value.signed.delegations?.roles ?? []).filter(({ keyids }) => keyids.includes(keyid));
  const holder = policy.value.holders[keyid];
  const standings: readonly Standing[] = [
    { document: "root", as: top.map(([role]) => role) },
    { document: "targets", as: delegated.map(({ name }) => name) },
    { document: "policy", as: holder === undefined ? [] : [holder.holder] },
  ];
  return accept(standings.filter((standing) => standing.as.length > 0));
}

/** The highest version of a file that is in the store. */
async function newest(store: Store, role: "root" | "targets"): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array();
  for (let version = 1; ; version++) {
    const next = await store.read(`metadata/${version}.${role}.json`);
    if (next === undefined) return bytes;
    bytes = next;
  }
}

/** The ceremonies that put `successor` in the place of a key, wherever it stands. */
export function ceremoniesFor(keyid: string, standings: readonly Standing[], file: string, owner: string): readonly string[] {
  const replace = `--replace ${keyid.slice(0, 8)}=${file}.pub`;
  const named = new Set(standings.map(({ document }) => document));
  const policy = named.has("policy") ? " --new-policy policy.json" : "";
  return [
    ...(named.has("root")
      ? [`countersign key ceremony open root.event --role root --previous N.root.json --expires DATE ${replace} --owner ${owner}`]
      : []),
    ...(named.has("targets") || named.has("policy")
      ? [
          `countersign key ceremony open targets.event --role targets --previous N.targets.json --expires DATE${named.has("targets") ? ` ${replace}` : ""}${policy}`,
        ]
      : []),
  ];
}
