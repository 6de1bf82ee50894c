// SPDX-License-Identifier: Apache-2.0
import { topAuthority } from "@countersign/trust/anchor/root";
import { targets as decoder } from "@countersign/trust/anchor/targets";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { delegatedRoles } from "@countersign/trust/tuf/delegation";
import { targets as plainDecoder } from "@countersign/trust/tuf/targets";
import { anchorRoot } from "../anchor.ts";
import { knownKey, plainRepository } from "../plain-repository.ts";
import { examineSigned } from "../signed-document.ts";
import { promised, type Target } from "../target.ts";

/** Countersign's targets and channels: every entry decoded, and asked for by name. */
export const targets: Target = {
  name: "targets",
  corpus: ["targets", "stable"],
  form: "json",
  turn: 500,
  prepare: (seeds) => examineSigned({ decoder, authority: topAuthority(anchorRoot(), "targets"), use: lookUp }, seeds),
};

const keys = ["targets", "one", "half"].map(knownKey);
const authority = {
  keys: Object.fromEntries(keys.map(({ keyid, tuf }) => [keyid, tuf])),
  keyids: keys.map(({ keyid }) => keyid),
  threshold: 1,
};
const plain = [...(await plainRepository())].filter(([name]) => /^1\.(targets|one|half)\.json$/.test(name)).map(([, bytes]) => bytes);

/** Plain TUF's targets: the same, and every name routed through the delegations. */
export const plainTargets: Target = {
  name: "plain-targets",
  corpus: [],
  seeds: plain,
  form: "json",
  turn: 500,
  prepare: (seeds) => examineSigned({ decoder: plainDecoder, authority, use: lookUp }, seeds),
};

function lookUp({ targets: listed, delegations }: Pick<ReturnType<typeof plainDecoder>, "targets" | "delegations">): Outcome<unknown> {
  for (const name of [...listed.names(), "one/a.txt", "top.txt"]) {
    const target = listed.get(name);
    if (!target.ok) return target;
    promised(listed.has(name) === (target.value !== undefined), "a name that is listed is not had");
    const top = ["root", "timestamp", "snapshot", "targets"];
    if (delegations !== undefined)
      for (const { role } of delegatedRoles(delegations, name)) promised(!top.includes(role), "a delegation to a top-level role");
  }
  return accept(undefined);
}
