// SPDX-License-Identifier: Apache-2.0
import type { Attestation } from "../build/attestation.ts";
import { isSummary } from "../build/attested.ts";
import { type Builder, builderOf } from "../build/builder.ts";
import { certificateName } from "../build/certificate.ts";
import { payloadDigest } from "../build/dsse.ts";
import { originOf } from "../build/origin.ts";
import { array, closed, type Decoder, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import { keyidOf } from "../key.ts";
import type { ChannelRules, Policy } from "../policy/policy.ts";
import { approvalName } from "../release/approval.ts";
import type { Entry } from "../release/head.ts";
import type { Order } from "../release/order.ts";
import type { Statement } from "../release/statement.ts";
import { type Denial, denialDigest } from "./list.ts";

/** Every name by which a release can be stopped, by the kind of denial. */
export type Deniable = Readonly<Record<Denial["kind"], readonly string[]>>;

const names = array(text);

/** Reads what a device kept of a release that it installed. */
export const deniable: Decoder<Deniable> = closed<Deniable>({ release: names, build: names, builder: names, approval: names });

/** The names of a release that stand in its provenance files alone, and are known once these were read. */
export interface Built {
  /** The keys that signed them; and where an issuer certified one of these, its own key and the certificate. */
  readonly builders: readonly string[];
  /** The digests of what they say: those of the files, which the release names, are other ones as soon as anybody adds a signature. */
  readonly payloads: readonly Digest[];
  /** The source commits that were built. */
  readonly commits: readonly string[];
}

/** What is known of a release before its provenance was read. */
export const unread: Built = { builders: [], payloads: [], commits: [] };

/** The names in provenance files, by every policy that judges. */
export function builtBy(
  attestations: readonly Attestation[],
  judges: readonly { readonly policy: Policy; readonly rules: ChannelRules }[],
): Built {
  const builders = judges.flatMap(({ policy, rules }) =>
    attestations.flatMap((attestation) => builderNames(builderOf(attestation, policy, rules))),
  );
  const commits = attestations.flatMap(({ provenance }) => (isSummary(provenance) ? [] : (originOf(provenance).commit ?? [])));
  return {
    builders: [...new Set(builders)],
    payloads: attestations.map(({ envelope }) => payloadDigest(envelope)),
    commits: [...new Set(commits)],
  };
}

function builderNames(builder: Builder | undefined): readonly string[] {
  if (builder === undefined) return [];
  const { rule, certificate } = builder;
  return certificate === undefined ? [rule.keyid] : [rule.keyid, keyidOf(certificate.signed.key), certificateName(certificate)];
}

/** The names of a release. */
export function deniableNames(release: Entry<Statement>, { builders, payloads, commits }: Built = unread): Deniable {
  return {
    release: [release.digest],
    build: [...release.body.provenance, ...payloads, ...commits],
    builder: builders,
    approval: release.approvals.map(approvalName),
  };
}

/** The names of an order: it stands no longer than each of its approvals does. */
export function orderNames({ digest, approvals }: Pick<Entry<Order>, "digest" | "approvals">): Deniable {
  return { release: [digest], build: [], builder: [], approval: approvals.map(approvalName) };
}

/** The denial that stops what has these names at this witnessed time, if one does: made by anybody, not ended, and not answered by a lift. */
export function denialOf(
  names: Deniable,
  denials: readonly Denial[],
  time: number,
  lifted: ReadonlySet<Digest> = new Set(),
): Denial | undefined {
  return denials.find(
    (denial) =>
      names[denial.kind].includes(denial.name) && (denial.until === null || denial.until > time) && !lifted.has(denialDigest(denial)),
  );
}
