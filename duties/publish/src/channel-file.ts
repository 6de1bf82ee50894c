// SPDX-License-Identifier: Apache-2.0
import type { Delegator } from "@countersign/repository/delegator";
import { headBytes } from "@countersign/repository/next-channel";
import { isStored } from "@countersign/repository/read-from";
import { documentBytes } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { Store } from "@countersign/repository/store";
import { targetStorePath } from "@countersign/repository/target-path";
import { channelAuthority, channelChecks, type TargetsDocument, targets, targetsDocumentOf } from "@countersign/trust/anchor/targets";
import { judge } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { defaultLimits } from "@countersign/trust/limits";
import { principalOf } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Published } from "./published.ts";

/** Where a signed request stands against what is published. */
export type Standing = "next" | "published" | "superseded";

export function standingOf(request: SigningRequest, { issued }: Published): Standing {
  const current = issued?.channels.get(request.channel);
  if (current === undefined || request.channelFile.version > current.signed.version) return "next";
  return sha256(current.message) === request.id ? "published" : "superseded";
}

/**
 * The channel file of a request, with the signatures that count and no others. It is refused unless the quorum that targets and policy ask for signed
 * exactly this, as the very next version, unexpired at `now` (Unix milliseconds): the newest targets, or those that are listed while the newest wait.
 */
export function channelFileOf(request: SigningRequest, published: Published, now: number): Outcome<Envelope<TargetsDocument>> {
  const { channel, channelFile } = request;
  const next = (published.issued?.channels.get(channel)?.signed.version ?? 0) + 1;
  if (channelFile.version !== next)
    return refuse("version-skipped", `version ${next} of ${channel}`, `version ${channelFile.version}`, "Sign the version that follows.");
  const file = signedUnder(published.newest, request, now);
  if (file.ok || published.issued === undefined) return file;
  const before = signedUnder(published.issued, request, now);
  return before.ok ? before : file;
}

function signedUnder({ targets: top, policy }: Delegator, request: SigningRequest, now: number): Outcome<Envelope<TargetsDocument>> {
  const { channel, channelFile, signatures } = request;
  const authority = channelAuthority(top.signed, channel);
  if (authority === undefined)
    return refuse("channel-unknown", "a channel that targets delegates", channel, "Let the targets quorum add it.");
  const read = (signatures: SigningRequest["signatures"]) =>
    readEnvelope(targets, documentBytes({ signatures, signed: channelFile }), `${channelFile.version}.${channel}.json`, {
      ...defaultLimits,
      documentBytes: defaultLimits.targetsBytes,
    });
  const offered = read(signatures);
  if (!offered.ok) return offered;
  const counted = signersOf(offered.value, authority);
  const candidate = read(signatures.filter(({ keyid }) => counted.includes(keyid)));
  if (!candidate.ok) return candidate;
  const ownerOf = (keyid: string): string | undefined => principalOf(policy, keyid);
  const { outcome } = judge({ candidate: candidate.value, authority, ownerOf, stored: undefined, listed: undefined, now }, channelChecks);
  if (!outcome.ok) return outcome;
  const document = targetsDocumentOf(outcome.value.signed);
  return document.ok ? accept({ ...outcome.value, signed: document.value }) : document;
}
/** A file that a channel file names, and where its bytes come from: they are at hand (a head), or in the store already (an artifact). */
interface Listed {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
  readonly sha256: Digest;
}

/** Puts what the channel file names under its names. Refused, before anything is written, where something it names is nowhere. */
export async function placeTargets({ signed }: Envelope<TargetsDocument>, { heads }: SigningRequest, store: Store): Promise<Outcome<void>> {
  const missing: Listed[] = [];
  for (const [target, { hashes }] of Object.entries(signed.targets)) {
    const path = targetStorePath(target, hashes.sha256);
    if (await isStored(store, path)) continue;
    const head = heads[target];
    const bytes = head === undefined ? undefined : headBytes(head);
    const found = bytes === undefined ? await isStored(store, `artifacts/${hashes.sha256}`) : sha256(bytes) === hashes.sha256;
    if (!found) return refuse("target-missing", `${target} with sha256 ${hashes.sha256}`, "no such bytes", "Upload the artifact again.");
    missing.push({ path, bytes, sha256: hashes.sha256 });
  }
  for (const { path, bytes, sha256 } of missing) {
    if (bytes === undefined) await store.link(`artifacts/${sha256}`, path);
    else await store.write(path, bytes);
  }
  return accept(undefined);
}
