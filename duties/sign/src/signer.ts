// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { logEvent } from "@countersign/daemon/event";
import { every } from "@countersign/daemon/every";
import { runDuty } from "@countersign/daemon/process";
import { grantsByChannel } from "@countersign/federation/daemon-identity";
import type { Granted } from "@countersign/federation/exchange";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { signSidecar } from "@countersign/repository/sidecar";
import { signDocument } from "@countersign/repository/sign-document";
import { type SigningRequest, starts } from "@countersign/repository/signing-request";
import { channelAuthority } from "@countersign/trust/anchor/targets";
import { canonicalBytes } from "@countersign/trust/canonical";
import { type Check, judge, type Verdict, type Verified } from "@countersign/trust/check";
import type { Signature } from "@countersign/trust/envelope";
import { sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";
import { type PasskeyUse, passkeyUses } from "@countersign/trust/release/passkey-use";
import { renewalChecks } from "./checks.ts";
import { parseConfig } from "./config.ts";
import { ArtifactBytes } from "./evidence.ts";
import { gather, gatherRenewal, type Senses } from "./gather.ts";
import { type Govern, governAt } from "./govern.ts";
import { numbered, SignerRecord, type Signing } from "./record.ts";
import type { RenewalSubject, RequestSubject, SigningSubject } from "./subject.ts";

/** What a signer asks of a release or an order, and what of a renewal. */
export interface SignerChecks {
  readonly entry: readonly Check<SigningSubject>[];
  readonly renewal: readonly Check<RenewalSubject>[];
}

/** What a signer signs with: channel files, and their sidecars where the policy demands that of it. */
interface SignerKeys {
  readonly key: CustodyKey;
  readonly sidecarKey: CustodyKey | undefined;
}

/** What a request has signed, for the record. */
interface Signed extends Pick<Signing, "of" | "digest"> {
  readonly passkeys: readonly PasskeyUse[];
}

/** Runs a signer as this process, with these checks of releases and orders: `signerChecks`, or what an attack leaves of them. */
export function runSigner(entry: readonly Check<SigningSubject>[], renewal: SignerChecks["renewal"] = renewalChecks): void {
  runDuty("sign", parseConfig, async (config, signal) => {
    const record = new SignerRecord(config.state);
    const senses: Senses = {
      read: readFrom(httpReader(config.store)),
      artifacts: new ArtifactBytes(config.store),
      anchor: await readFile(config.anchor),
      record,
      signaturesPerHour: config.signaturesPerHour,
      now: Date.now,
    };
    const keys: SignerKeys = { key: await openKey(config.key), sidecarKey: config.sidecarKey && (await openKey(config.sidecarKey)) };
    const grants = await grantsByChannel(config.identities, config.govern);
    const signer = new Signer({ entry, renewal }, senses, keys, governAt(config.govern, config.name, grants));
    every(config.pollMilliseconds, signal, () => signer.look(config.channels));
    return {};
  });
}

/** One signer: it looks, judges, and signs or says why not. */
class Signer {
  readonly #checks: SignerChecks;
  readonly #senses: Senses;
  readonly #key: CustodyKey;
  readonly #sidecarKey: CustodyKey | undefined;
  readonly #govern: Govern;
  /** What was said last of each request, so that it is said once. */
  readonly #said = new Map<string, string>();

  constructor(checks: SignerChecks, senses: Senses, { key, sidecarKey }: SignerKeys, govern: Govern) {
    this.#checks = checks;
    this.#senses = senses;
    this.#key = key;
    this.#sidecarKey = sidecarKey;
    this.#govern = govern;
  }

  async look(channels: readonly string[]): Promise<void> {
    const requests = await this.#govern.openRequests();
    if (!requests.ok) return logEvent("sign", "govern-not-heard", { ...requests.refusal });
    for (const request of requests.value) {
      const signed = request.signatures.some(({ keyid }) => keyid === this.#key.keyid);
      if (channels.includes(request.channel) && !signed) await this.#answer(request);
    }
  }

  async #answer(request: SigningRequest): Promise<void> {
    const { entry, renewal } = this.#checks;
    if (request.added === null) await this.#judge(request, await gatherRenewal(request, this.#senses), renewal, renewalOf);
    else await this.#judge(request, await gather(request, this.#senses), entry, entryOf);
  }

  async #judge<S extends RequestSubject>(
    request: SigningRequest,
    subject: Outcome<S>,
    checks: readonly Check<S>[],
    signedOf: (subject: S) => Signed,
  ): Promise<void> {
    if (!subject.ok) return this.#refuse(request, subject.refusal, []);
    if (!this.#counts(subject.value)) return;
    const { verdicts, outcome } = judge(subject.value, checks);
    if (!outcome.ok) return this.#refuse(request, outcome.refusal, verdicts);
    const granted = await this.#granted(request);
    if (!granted.ok) return this.#refuse(request, granted.refusal, verdicts);
    for (const signature of await this.#sign(outcome.value, subject.value, signedOf(subject.value))) {
      const told = await this.#govern.sign(request.id, signature, verdicts, granted.value);
      if (!told.ok) return logEvent("sign", "signature-not-taken", { request: request.id, ...told.refusal });
    }
    logEvent("sign", "signed", { request: request.id, channel: request.channel, version: request.channelFile.version });
  }

  /**
   * The grant under which a request is signed; the key waits for it. It says when, and never what. Nothing is granted for a renewal or for what only stops: these
   * go on outside of windows.
   */
  async #granted(request: SigningRequest): Promise<Outcome<Granted | undefined>> {
    const { added, channel } = request;
    if (added === null || !starts(request)) return accept(undefined);
    return this.#govern.grantFor(channel, added, this.#sidecarKey === undefined ? 1 : 2);
  }

  /** Whether the owners still ask this key: where they do not, its yes and its no are nobody's. */
  #counts({ candidate: { id, channel }, delegator }: RequestSubject): boolean {
    if (channelAuthority(delegator.targets.signed, channel)?.keyids.includes(this.#key.keyid) === true) return true;
    if (this.#said.get(id) !== "not-asked")
      logEvent("sign", "not-asked", { request: id, channel, targets: delegator.targets.signed.version });
    this.#said.set(id, "not-asked");
    return false;
  }

  /**
   * The only use of the keys: on a request that passed every check, and after the record of it is on disk. The signature of the file comes last: it is what
   * says that this signer is done.
   */
  async #sign(
    { channelFile, channel }: Verified<SigningRequest>,
    { time, log, delegator }: RequestSubject,
    { of, digest, passkeys }: Signed,
  ): Promise<readonly Signature[]> {
    const checkpoint = log.newest.checkpoint;
    this.#senses.record.rememberPasskeys(of, passkeys);
    this.#senses.record.remember({ of: { ...of, channel }, digest, version: channelFile.version, time, checkpoint });
    const { signatures } = await signDocument(channelFile, [this.#key]);
    const demand = sidecarDemand(delegator.policy, channel);
    if (this.#sidecarKey === undefined || demand?.keyids.includes(this.#sidecarKey.keyid) !== true) return signatures;
    const sidecar = await signSidecar(demand.repository, channel, { message: canonicalBytes(channelFile) }, [this.#sidecarKey]);
    return [...sidecar.signatures, ...signatures];
  }

  /** Says why not, when it was not said of this request before. */
  async #refuse({ id }: SigningRequest, refusal: Refusal, verdicts: readonly Verdict[]): Promise<void> {
    if (this.#said.get(id) === refusal.code) return;
    logEvent("sign", "refused", { request: id, ...refusal });
    const told = await this.#govern.refuse(id, refusal, verdicts);
    if (told.ok) this.#said.set(id, refusal.code);
    else logEvent("sign", "refusal-not-taken", { request: id, ...told.refusal });
  }
}

function entryOf({ added: { body, digest, approvals }, view }: SigningSubject): Signed {
  return { of: numbered(body), digest, passkeys: passkeyUses(approvals, view.policy) };
}

/** A renewal is about no product, and numbered as its file is. */
function renewalOf({ candidate: { id, channel, channelFile } }: RenewalSubject): Signed {
  return { of: { kind: "renewal", product: "", channel, number: channelFile.version }, digest: id, passkeys: [] };
}
