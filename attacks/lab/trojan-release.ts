// SPDX-License-Identifier: Apache-2.0
import { attest, type Build, type BuilderKey } from "@countersign/build/attest";
import type { SigningKey } from "@countersign/repository/sign-document";
import { sha256 } from "@countersign/trust/digest";
import { approvalsDigest } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { proofPath } from "@countersign/trust/workflow/step";
import { keyForBuild } from "@countersign/world/certified-key";
import { agreedBuild, firstBuilder } from "@countersign/world/plan";
import type { Project } from "@countersign/world/project";
import { type Base, keyOf } from "./base.ts";
import { channelWith, entryOf, type ForgedChannel, nextStatement, payloadFiles, together, type Voice, withProof } from "./forge.ts";
import { attackersKey } from "./keys.ts";
import type { Lab } from "./lab.ts";
import { type LiveWorld, logged } from "./live-world.ts";
import type { Files } from "./mirror.ts";
import type { Payload } from "./payload.ts";

/** A release of the trojan: what it says, the channel file that offers it, and every file that a reader will ask for. */
export interface TrojanRelease {
  readonly entry: Entry<Statement>;
  readonly channel: ForgedChannel;
  readonly files: Files;
}

/** Which parts of a release are not as an honest one's. */
export interface Forgery {
  readonly statement?: Partial<Statement>;
  readonly builder?: BuilderKey;
  readonly build?: Partial<Build>;
  /** How a key comes by its certificate for this build; as the issuer would give one, unless told. */
  readonly certify?: (build: Build) => Promise<BuilderKey>;
  /** Who approves it; one person who was fooled, unless told. */
  readonly approvers?: readonly string[];
  /** Who signs the channel file. */
  readonly signers: readonly SigningKey[];
}

/** A build of the payload as the policy wants it told. */
export function buildOf({ plan }: Project, { artifact }: Payload): Build {
  return { ...agreedBuild(firstBuilder(plan)), artifacts: [artifact], commit: "6".repeat(40) };
}

/**
 * The trojan in a release that has everything but what it takes: the attacker's own provenance and voices, and for proofs those of the
 * honest release before it, which can be read and date from long enough ago.
 */
export async function unloggedTrojan(
  { project, trojan }: Pick<Lab, "project" | "trojan">,
  base: Base,
  signers: readonly SigningKey[],
): Promise<TrojanRelease> {
  const own = attackersKey();
  const provenance = await attest({ ...buildOf(project, trojan), key: own });
  const statement = nextStatement(base, trojan, { provenance: [sha256(provenance)] });
  const entry = await entryOf(
    statement,
    [
      ["propose", own],
      ["approve", own],
    ],
    async () => base.last.proof,
  );
  const channel = await channelWith(base, entry, signers);
  const [honest = sha256(provenance)] = base.last.body.provenance;
  const files = together(
    payloadFiles(trojan),
    channel.files,
    withProof(sha256(provenance), await storedProof(base, honest), `provenance/${sha256(provenance)}`, provenance),
    withProof(channel.digest, await storedProof(base, base.channel.digest)),
  );
  return { entry, channel, files };
}

/**
 * The trojan in a release that is in order but for what `forgery` changes: proposed by the pipeline, approved by a person, and each
 * part of it in the ledger. Its soak begins now.
 */
export async function loggedTrojan(world: LiveWorld, forgery: Forgery): Promise<TrojanRelease> {
  const { project, trojan } = world;
  const build = { ...buildOf(project, trojan), ...forgery.build };
  const certify = forgery.certify ?? ((honest: Build) => builderKey(project, honest));
  const provenance = await attest({ ...build, key: forgery.builder ?? (await certify(build)) });
  const voices: Voice[] = [["propose", await keyOf(project, project.plan.proposer.holder)]];
  for (const person of forgery.approvers ?? ["ana"]) voices.push(["approve", await keyOf(project, person)]);
  return logRelease(world, [provenance], voices, forgery.signers, forgery.statement);
}

/**
 * The trojan in a release that whoever can write to the store and the ledger makes alone: vouched for as many times as the policy asks, proposed and
 * approved, all with one key that nobody trusts unless the thief has a `voice`, and each part of it in the ledger.
 */
export async function thiefsTrojan(world: LiveWorld, signers: readonly SigningKey[], voice?: SigningKey): Promise<TrojanRelease> {
  const { project, trojan } = world;
  const own = attackersKey();
  const builds = project.plan.builders.map((builder): Build => ({ ...buildOf(project, trojan), ...agreedBuild(builder) }));
  const provenance = await Promise.all(builds.map((build) => attest({ ...build, key: own })));
  return logRelease(
    world,
    provenance,
    [
      ["propose", voice ?? own],
      ["approve", voice ?? own],
    ],
    signers,
  );
}

/**
 * The trojan in a release that a fallen govern makes: builds are certified as the policy has it, since grants to build are govern's to issue, and all of it is in the
 * ledger. It was proposed and approved by nobody, in as many voices as it likes.
 */
export async function governsTrojan(world: LiveWorld, signers: readonly SigningKey[]): Promise<TrojanRelease> {
  const { project, trojan } = world;
  const own = attackersKey();
  const provenance = await Promise.all(
    project.plan.builders.map(async (builder) => {
      const build: Build = { ...buildOf(project, trojan), ...agreedBuild(builder) };
      return attest({ ...build, key: await keyForBuild(builder, await keyOf(project, builder.holder), build, Date.now()) });
    }),
  );
  return logRelease(
    world,
    provenance,
    [
      ["propose", own],
      ["approve", own],
    ],
    signers,
  );
}

/** The trojan with this provenance and these voices, each part of it in the ledger. Its soak begins now. */
export async function logRelease(
  world: LiveWorld,
  provenance: readonly Uint8Array[],
  voices: readonly Voice[],
  signers: readonly SigningKey[],
  change: Partial<Statement> = {},
): Promise<TrojanRelease> {
  const { base, trojan } = world;
  const digests = provenance.map((bytes) => sha256(bytes));
  const statement = nextStatement(base, trojan, { provenance: digests, ...change });
  const entry = await entryOf(statement, voices, (approvals, digest) =>
    logged(world, { type: "release", digest, approvals: approvalsDigest(approvals) }),
  );
  const channel = await channelWith(base, entry, signers);
  const proofs = await Promise.all(digests.map((digest) => logged(world, { type: "provenance", digest })));
  const files = together(
    payloadFiles(trojan),
    channel.files,
    ...provenance.map((bytes, index) => withProof(sha256(bytes), proofs[index] ?? "", `provenance/${sha256(bytes)}`, bytes)),
    withProof(channel.digest, await logged(world, { type: "channel", digest: channel.digest })),
  );
  return { entry, channel, files };
}

/** What the world's own builder would sign a build with, certified at a time in Unix milliseconds, for as long as the policy says unless told. */
export async function builderKey(project: Project, build: Build, now: number = Date.now(), seconds?: number): Promise<BuilderKey> {
  const builder = firstBuilder(project.plan);
  return keyForBuild(builder, await keyOf(project, builder.holder), build, now, seconds);
}

async function storedProof({ store, directory }: Base, digest: string): Promise<string> {
  const proof = await store.read(proofPath(digest));
  if (proof === undefined) throw new Error(`${directory} has no proof of ${digest}`);
  return Buffer.from(proof).toString();
}
