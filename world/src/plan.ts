// SPDX-License-Identifier: Apache-2.0
import type { Build } from "@countersign/build/attest";
import { type BuilderRule, certifiedBuilder, pinnedBuild } from "@countersign/trust/build/builder-rule";
import { array, closed, type Decoder, distinct, integer, literal, Malformed, name, optional } from "@countersign/trust/decode";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import type { Profile } from "@countersign/trust/policy/profile";
import type { PostQuantumPlan } from "./post-quantum.ts";

/** Who holds a key, and who answers for it. */
export interface Holding {
  readonly holder: string;
  readonly owner: string;
}

/** A builder, and what it is trusted to say of a build. */
export type PlannedBuilder = Holding & Omit<BuilderRule, "keyid">;

/** Everything that is decided before a product's first release: who there is, who holds what, and how long things take. */
export interface Plan {
  readonly product: string;
  readonly channel: string;
  readonly profile: Profile;
  /** `key`: one person holds every duty, each with a key and a process of its own. Said here, in the policy and on every screen. */
  readonly separation: "owner" | "key";
  /** People who may approve and say no. */
  readonly people: readonly string[];
  readonly root: { readonly holders: readonly Holding[]; readonly threshold: number };
  readonly targets: { readonly holders: readonly Holding[]; readonly threshold: number };
  readonly signers: { readonly holders: readonly Holding[]; readonly threshold: number };
  /** Post-quantum signatures besides the classical ones; none unless told. */
  readonly postQuantum?: PostQuantumPlan | undefined;
  readonly publish: Holding;
  readonly proposer: Holding;
  /** As many of them as `builderQuorum` must vouch for the same bytes, each of another owner. */
  readonly builders: readonly PlannedBuilder[];
  readonly builderQuorum: number;
  readonly revokers: readonly Holding[];
  /** Revokers whose lists must be newer than the end of the soak. */
  readonly freshRevokers: number;
  /** Those who say how far they have read the ledger; where nobody asks for that, there need be none. */
  readonly monitors: readonly Holding[];
  readonly readThrough: number;
  /** How unusual a release must be, in bits, to be held, and which observers may ask for that; nobody holds anything where it is absent. */
  readonly brake?: { readonly bits: number; readonly askers: readonly Holding[] } | undefined;
  readonly witnesses: readonly Holding[];
  readonly witnessQuorum: number;
  readonly approvals: number;
  readonly soakSeconds: number;
  readonly urgent: { readonly soakSeconds: number; readonly extraApprovals: number };
  readonly coolingOffSeconds: number;
  /** How old a revoker's list may be when a device installs. */
  readonly revocationSeconds: number;
  /** For how long a bundle may be installed; none may where it is not told. */
  readonly bundleSeconds?: number | undefined;
  readonly download: DownloadLimits;
  readonly pace: Pace;
}

/** How often the processes look, renew and re-sign. */
export interface Pace {
  readonly batchMilliseconds: number;
  readonly pollMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  readonly timestampSeconds: number;
}

/** What a builder is trusted to say of a build, by the key with this identifier. */
export function ruleOf({ holder, owner, ...rule }: PlannedBuilder, keyid: string): BuilderRule {
  return { ...rule, keyid };
}

/** What a builder says of a build that was made as agreed, besides the commit and the files. */
export function agreedBuild({ holder, owner, id, certified, ...build }: PlannedBuilder): Omit<Build, "artifacts" | "commit"> {
  return { ...build, builderId: id };
}

/** The builder that a plan names first. */
export function firstBuilder({ builders: [first] }: Plan): PlannedBuilder {
  if (first === undefined) throw new Error("a plan has a builder");
  return first;
}

const holding: Decoder<Holding> = closed<Holding>({ holder: name, owner: name });
const quorum = closed<Plan["root"]>({ holders: array(holding, 1), threshold: integer(1) });

const builder: Decoder<PlannedBuilder> = closed<PlannedBuilder>({
  holder: name,
  owner: name,
  certified: optional(certifiedBuilder),
  ...pinnedBuild,
});

const fields: Decoder<Plan> = closed<Plan>({
  product: name,
  channel: name,
  profile: literal("app", "agent", "firmware"),
  separation: literal("owner", "key"),
  people: distinct(name, 1),
  root: quorum,
  targets: quorum,
  signers: quorum,
  postQuantum: optional(closed<PostQuantumPlan>({ repository: name, targets: quorum, signers: quorum })),
  publish: holding,
  proposer: holding,
  builders: array(builder, 1),
  builderQuorum: integer(1),
  revokers: array(holding, 1),
  freshRevokers: integer(1),
  monitors: array(holding),
  readThrough: integer(0),
  brake: optional(closed<NonNullable<Plan["brake"]>>({ bits: integer(1, 512), askers: array(holding, 1) })),
  witnesses: array(holding, 2),
  witnessQuorum: integer(2),
  approvals: integer(1),
  soakSeconds: integer(1),
  urgent: closed<Plan["urgent"]>({ soakSeconds: integer(1), extraApprovals: integer(0) }),
  coolingOffSeconds: integer(1),
  revocationSeconds: integer(1),
  bundleSeconds: optional(integer(1)),
  download: closed<DownloadLimits>({
    connectSeconds: integer(1),
    idleSeconds: integer(1),
    totalSeconds: integer(1),
    minimumBytesPerSecond: integer(1),
  }),
  pace: closed<Pace>({
    batchMilliseconds: integer(1),
    pollMilliseconds: integer(1),
    heartbeatMilliseconds: integer(100),
    timestampSeconds: integer(1),
  }),
});

/**
 * Reads a plan as it was written into a project. Refused: an owner with two keys of one role, and one in whom duties meet that conflict. A plan whose
 * quorums cannot be filled, or which is looser than its profile, is refused by the policy that is made of it.
 */
export const plan: Decoder<Plan> = (value, at) => {
  const read = fields(value, at);
  if (read.separation === "owner") {
    for (const role of ["root", "targets", "signers"] as const) oneKeyEach(`${at}.${role}`, read[role].holders);
    for (const role of ["builders", "revokers", "witnesses", "monitors"] as const) oneKeyEach(`${at}.${role}`, read[role]);
    const signing = read.signers.holders.map(({ owner }) => owner);
    const meeting = [read.publish, ...read.builders].find(({ owner }) => signing.includes(owner));
    if (meeting !== undefined)
      throw new Malformed(`${at}.signers`, "no owner who also builds or publishes", `${meeting.owner}, who holds ${meeting.holder}`);
  }
  return read;
};

function oneKeyEach(at: string, holders: readonly Holding[]): void {
  const twice = holders.find(({ owner }, index) => holders.findIndex((other) => other.owner === owner) !== index);
  if (twice !== undefined) throw new Malformed(at, "one key an owner", `${twice.owner} again, with ${twice.holder}`);
}
