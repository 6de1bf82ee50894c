// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/encrypted-file";
import type { CustodyKey } from "@countersign/custody/key";
import { logEvent } from "@countersign/daemon/event";
import { every } from "@countersign/daemon/every";
import { runDuty } from "@countersign/daemon/process";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { type Check, judge, type Verdict, type Verified } from "@countersign/trust/check";
import type { Signature } from "@countersign/trust/envelope";
import type { Refusal } from "@countersign/trust/refusal";
import { parseConfig } from "./config.ts";
import { ArtifactBytes } from "./evidence.ts";
import { gather, type Senses } from "./gather.ts";
import { type Govern, governAt } from "./govern.ts";
import { numbered, SignerRecord } from "./record.ts";
import type { SigningSubject } from "./subject.ts";

/** Runs a signer as this process, with these checks: `signerChecks`, or what an attack leaves of them. */
export function runSigner(checks: readonly Check<SigningSubject>[]): void {
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
    const signer = new Signer(checks, senses, await openKey(config.keyFile, config.passphraseFile), governAt(config.govern, config.name));
    every(config.pollMilliseconds, signal, () => signer.look(config.channels));
    return {};
  });
}

/** One signer: it looks, judges, and signs or says why not. */
class Signer {
  readonly #checks: readonly Check<SigningSubject>[];
  readonly #senses: Senses;
  readonly #key: CustodyKey;
  readonly #govern: Govern;
  /** What was said last of each request, so that it is said once. */
  readonly #said = new Map<string, string>();

  constructor(checks: readonly Check<SigningSubject>[], senses: Senses, key: CustodyKey, govern: Govern) {
    this.#checks = checks;
    this.#senses = senses;
    this.#key = key;
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
    const subject = await gather(request, this.#senses);
    if (!subject.ok) return this.#refuse(request, subject.refusal, []);
    const { verdicts, outcome } = judge(subject.value, this.#checks);
    if (!outcome.ok) return this.#refuse(request, outcome.refusal, verdicts);
    const signature = await this.#sign(outcome.value, subject.value);
    const told = await this.#govern.sign(request.id, signature, verdicts);
    if (!told.ok) return logEvent("sign", "signature-not-taken", { request: request.id, ...told.refusal });
    logEvent("sign", "signed", { request: request.id, channel: request.channel, version: request.channelFile.version });
  }

  /** The only use of the key: on a request that passed every check, and after the record of it is on disk. */
  async #sign({ channelFile, channel }: Verified<SigningRequest>, { added, time, log }: SigningSubject): Promise<Signature> {
    const { digest, body } = added;
    this.#senses.record.remember({
      of: { ...numbered(body), channel },
      digest,
      version: channelFile.version,
      time,
      checkpoint: log.newest.checkpoint,
    });
    const [signature] = (await signDocument(channelFile, [this.#key])).signatures;
    if (signature === undefined) throw new Error("a key that does not sign");
    return signature;
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
