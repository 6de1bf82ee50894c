// SPDX-License-Identifier: Apache-2.0
import type { Build } from "@countersign/build/attest";
import { type BuilderRule, certifiedBuilder } from "@countersign/trust/build/builder-rule";
import { array, closed, type Decoder, distinct, integer, json, literal, name, optional, record, text } from "@countersign/trust/decode";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import { profileDefaults } from "@countersign/trust/policy/profile";
import type { PostQuantumPlan } from "./post-quantum.ts";

/** Who holds a key, and who answers for it. */
export interface Holding {
  readonly holder: string;
  readonly owner: string;
}

/** Everything that is decided before a product's first release: who there is, who holds what, and how long things take. */
export interface Plan {
  readonly product: string;
  readonly channel: string;
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
  readonly builder: Holding & Omit<BuilderRule, "keyid">;
  readonly revokers: readonly Holding[];
  readonly witnesses: readonly Holding[];
  readonly witnessQuorum: number;
  readonly approvals: number;
  readonly soakSeconds: number;
  readonly urgent: { readonly soakSeconds: number; readonly extraApprovals: number };
  readonly coolingOffSeconds: number;
  /** How old a revoker's list may be when a device installs. */
  readonly revocationSeconds: number;
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

const unhurried: Pace = { batchMilliseconds: 100, pollMilliseconds: 1000, heartbeatMilliseconds: 5000, timestampSeconds: 7 * 86_400 };

const download: DownloadLimits = { connectSeconds: 15, idleSeconds: 30, totalSeconds: 3600, minimumBytesPerSecond: 4096 };

const { app } = profileDefaults;

/** The `app` profile for four owners: nobody of them alone can start anything, and any of three can stop everything. */
export function appPlan(product: string, channel: string, owners: readonly [string, string, string, string, ...string[]]): Plan {
  const [first, second, third, builder] = owners;
  const three = [first, second, third];
  return {
    product,
    channel,
    separation: "owner",
    people: owners,
    root: { holders: three.map((owner) => ({ holder: `root-${owner}`, owner })), threshold: 2 },
    targets: { holders: three.map((owner) => ({ holder: `targets-${owner}`, owner })), threshold: 2 },
    signers: { holders: three.map((owner) => ({ holder: `sign-${owner}`, owner })), threshold: 2 },
    publish: { holder: "publish", owner: builder },
    proposer: { holder: "ci", owner: builder },
    builder: { holder: "builder", owner: builder, ...builderRule(product) },
    revokers: [first, second].map((owner) => ({ holder: `revoke-${owner}`, owner })),
    witnesses: three.map((owner) => ({ holder: `witness-${owner}`, owner })),
    witnessQuorum: 2,
    approvals: app.approvals,
    soakSeconds: app.soakSeconds,
    urgent: { soakSeconds: app.urgentSoakSeconds, extraApprovals: app.extraApprovals },
    coolingOffSeconds: 86_400,
    revocationSeconds: 3600,
    download,
    pace: unhurried,
  };
}

/** One person alone: the same path with a key and a process for each duty, so that one stolen key is not enough; one stolen person is. */
export function soloPlan(product: string, channel: string, owner: string): Plan {
  const one = (holder: string): Holding => ({ holder, owner });
  return {
    product,
    channel,
    separation: "key",
    people: [owner],
    root: { holders: [one("root")], threshold: 1 },
    targets: { holders: [one("targets")], threshold: 1 },
    signers: { holders: [one("sign")], threshold: 1 },
    publish: one("publish"),
    proposer: one("ci"),
    builder: { ...one("builder"), ...builderRule(product) },
    revokers: [one("revoke")],
    witnesses: [one("witness-1"), one("witness-2"), one("witness-3")],
    witnessQuorum: 2,
    approvals: app.approvals,
    soakSeconds: app.soakSeconds,
    urgent: { soakSeconds: app.urgentSoakSeconds, extraApprovals: 0 },
    coolingOffSeconds: 86_400,
    revocationSeconds: 3600,
    download,
    pace: unhurried,
  };
}

function builderRule(product: string): Omit<BuilderRule, "keyid"> {
  return {
    id: `https://countersign.example/builders/${product}`,
    buildType: "https://countersign.example/build-types/directory/v1",
    source: `git+https://countersign.example/${product}`,
    ref: "refs/heads/main",
    parameters: { product },
  };
}

/** What the plan's builder is trusted to say of a build, by the key with this identifier. */
export function ruleOf({ builder: { holder, owner, ...rule } }: Plan, keyid: string): BuilderRule {
  return { ...rule, keyid };
}

/** What its builder says of a build that was made as agreed, besides the commit and the files. */
export function agreedBuild({ builder: { holder, owner, id, certified, ...build } }: Plan): Omit<Build, "artifacts" | "commit"> {
  return { ...build, builderId: id };
}

const holding: Decoder<Holding> = closed<Holding>({ holder: name, owner: name });
const quorum = closed<Plan["root"]>({ holders: array(holding, 1), threshold: integer(1) });

/** Reads a plan as it was written into a project. */
export const plan: Decoder<Plan> = closed<Plan>({
  product: name,
  channel: name,
  separation: literal("owner", "key"),
  people: distinct(name, 1),
  root: quorum,
  targets: quorum,
  signers: quorum,
  postQuantum: optional(closed<PostQuantumPlan>({ repository: name, targets: quorum, signers: quorum })),
  publish: holding,
  proposer: holding,
  builder: closed<Plan["builder"]>({
    holder: name,
    owner: name,
    id: text,
    certified: optional(certifiedBuilder),
    buildType: text,
    source: text,
    repositoryId: optional(text),
    ownerId: optional(text),
    ref: optional(text),
    runnerEnvironment: optional(text),
    eventName: optional(text),
    parameters: record(text, json),
  }),
  revokers: array(holding, 1),
  witnesses: array(holding, 2),
  witnessQuorum: integer(2),
  approvals: integer(1),
  soakSeconds: integer(1),
  urgent: closed<Plan["urgent"]>({ soakSeconds: integer(1), extraApprovals: integer(0) }),
  coolingOffSeconds: integer(1),
  revocationSeconds: integer(1),
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
