// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, distinct, integer, Malformed, name, optional, record, text } from "../decode.ts";
import { keyidOf, type PublicKey, sidecarKey } from "../key.ts";
import { type Authority, ownersOf } from "../quorum.ts";

/** An ML-DSA key, who holds it, and who answers for it. */
export interface SidecarHolder {
  readonly key: PublicKey;
  readonly holder: string;
  readonly owner: string;
}

/** Whose signatures the sidecar of a role's file must carry, and of how many different owners. */
export interface SidecarQuorum {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

/** The part of a policy that demands post-quantum signatures beside the classical ones. */
export interface PostQuantum {
  /** What these keys call this repository, and no other in which any of them signs: it stands in what they sign. */
  readonly repository: string;
  readonly holders: Readonly<Record<string, SidecarHolder>>;
  /** By role: `targets`, or a channel of the policy. */
  readonly roles: Readonly<Record<string, SidecarQuorum>>;
}

/** What of a policy the demand for sidecars depends on. */
export interface SidecarPolicy {
  readonly separation: "owner" | "key";
  readonly channels: Readonly<Record<string, unknown>>;
  readonly postQuantum?: PostQuantum | undefined;
}

/** What one policy demands of a role's sidecar. */
export interface SidecarDemand extends Authority {
  readonly repository: string;
  readonly ownerOf: (keyid: string) => string | undefined;
}

const fields: Decoder<PostQuantum> = closed<PostQuantum>({
  repository: name,
  holders: record(text, closed<SidecarHolder>({ key: sidecarKey, holder: name, owner: name })),
  roles: record(name, closed<SidecarQuorum>({ keyids: distinct(text, 1), threshold: integer(1, 64) })),
});

/** Reads the part. Keys under another's identifier are refused, and so are quorums of keys that nobody holds. */
export const postQuantum: Decoder<PostQuantum | undefined> = optional((value, at) => {
  const read = fields(value, at);
  for (const [keyid, { key }] of Object.entries(read.holders))
    if (keyidOf(key) !== keyid) throw new Malformed(`${at}.holders.${keyid}`, "the identifier that is the key's own digest", keyid);
  for (const [role, { keyids }] of Object.entries(read.roles)) {
    const stranger = keyids.find((keyid) => read.holders[keyid] === undefined);
    if (stranger !== undefined) throw new Malformed(`${at}.roles.${role}`, "key identifiers that stand among the holders", stranger);
  }
  return read;
});

/** Throws `Malformed` for a demand that could not be met: of a role that has no sidecars, or of more owners than there are. */
export function demandable(policy: SidecarPolicy): void {
  for (const role of Object.keys(policy.postQuantum?.roles ?? {})) {
    const at = `postQuantum.roles.${role}`;
    if (role !== "targets" && policy.channels[role] === undefined) throw new Malformed(at, "targets or a channel of this policy", role);
    const demand = sidecarDemand(policy, role);
    const owners = demand === undefined ? 0 : ownersOf(demand.keyids, demand.ownerOf).length;
    if (demand !== undefined && demand.threshold > owners)
      throw new Malformed(at, `a threshold that its ${owners} owners can meet`, demand.threshold);
  }
}

/** What `policy` demands of the sidecar of a role's file; undefined where it demands none. */
export function sidecarDemand({ separation, postQuantum }: SidecarPolicy, role: string): SidecarDemand | undefined {
  const quorum = postQuantum?.roles[role];
  if (postQuantum === undefined || quorum === undefined) return undefined;
  const keys = Object.fromEntries(quorum.keyids.flatMap((keyid) => keyOf(postQuantum, keyid)));
  const ownerOf = (keyid: string): string | undefined => postQuantum.holders[keyid]?.[separation === "owner" ? "owner" : "holder"];
  return { ...quorum, repository: postQuantum.repository, keys, ownerOf };
}

function keyOf({ holders }: PostQuantum, keyid: string): readonly (readonly [string, PublicKey])[] {
  const holder = holders[keyid];
  return holder === undefined ? [] : [[keyid, holder.key]];
}
