// SPDX-License-Identifier: Apache-2.0
import { attest, type Build, type BuilderKey } from "@countersign/build/attest";
import type { SigningKey } from "@countersign/repository/sign-document";
import { sha256 } from "@countersign/trust/digest";
import { approvalsDigest } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { proofPath } from "@countersign/trust/workflow/step";
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
export async function unloggedTrojan({ project, trojan }: Lab, base: Base, signers: readonly SigningKey[]): Promise<TrojanRelease> {
  const own = attackersKey();
  const provenance = await attest({ ...buildOf(project, trojan), key: own });
  const statement = nextStatement(base, trojan, provenance);
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
  const { project, base, trojan } = world;
  const key = forgery.builder ?? (await keyOf(project, firstBuilder(project.plan).holder));
  const provenance = await attest({ ...buildOf(project, trojan), ...forgery.build, key });
  const statement = nextStatement(base, trojan, provenance, forgery.statement);
  const voices: readonly Voice[] = [
    ["propose", await keyOf(project, project.plan.proposer.holder)],
    ["approve", await keyOf(project, "ana")],
  ];
  const entry = await entryOf(statement, voices, (approvals, digest) =>
    logged(world, { type: "release", digest, approvals: approvalsDigest(approvals) }),
  );
  const channel = await channelWith(base, entry, forgery.signers);
  const [provenanceProof, channelProof] = await Promise.all([
    logged(world, { type: "provenance", digest: sha256(provenance) }),
    logged(world, { type: "channel", digest: channel.digest }),
  ]);
  const files = together(
    payloadFiles(trojan),
    channel.files,
    withProof(sha256(provenance), provenanceProof, `provenance/${sha256(provenance)}`, provenance),
    withProof(channel.digest, channelProof),
  );
  return { entry, channel, files };
}

async function storedProof({ store, directory }: Base, digest: string): Promise<string> {
  const proof = await store.read(proofPath(digest));
  if (proof === undefined) throw new Error(`${directory} has no proof of ${digest}`);
  return Buffer.from(proof).toString();
}
