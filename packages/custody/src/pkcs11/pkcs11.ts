// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey } from "node:crypto";
import type { Algorithm } from "../algorithm.ts";
import type { Attestation } from "../attestation.ts";
import { type CustodyKey, publicHalf } from "../key.ts";
import { accept, type Outcome, type Refusal, refuse } from "../outcome.ts";
import { derFromRaw } from "../signature-form.ts";
import { verifiedKey } from "../verified-key.ts";
import type { OpenedKey, TokenPlace } from "./messages.ts";
import { ANSWER_MILLISECONDS, ModuleProcess } from "./module-process.ts";

/** A key in an HSM, a TPM or another token that a PKCS#11 module reaches. */
export interface Pkcs11Place extends TokenPlace {
  readonly custody: "pkcs11";
}

export const pkcs11Fields = ["module", "token", "label", "pinFile"] as const;

/**
 * Opens a key in a token, in a process of its own: this one never has the PIN, and a module that crashes or hangs takes nothing with it.
 *
 * Refuses a module, token or key that is not there or not the only one of its label, a wrong PIN, and every key of which the token does
 * not say that it was made there and cannot leave. Each signature is verified before it is handed out.
 */
export function openPkcs11(place: Pkcs11Place, milliseconds: number = ANSWER_MILLISECONDS): Promise<Outcome<CustodyKey>> {
  return start(place, undefined, milliseconds);
}

/** Makes a key in the token, non-extractable from its first moment, and opens it. Refuses a label that is taken. */
export function createPkcs11(place: Pkcs11Place, algorithm: Algorithm): Promise<Outcome<CustodyKey>> {
  return start(place, algorithm, ANSWER_MILLISECONDS);
}

async function start(place: Pkcs11Place, algorithm: Algorithm | undefined, milliseconds: number): Promise<Outcome<CustodyKey>> {
  let module = new ModuleProcess(milliseconds);
  const opened = await module.open(algorithm === undefined ? { of: "open", place } : { of: "create", place, algorithm });
  if (!opened.ok) {
    module.end();
    return opened;
  }
  const publicKey = createPublicKey({ key: Buffer.from(opened.value.spki), format: "der", type: "spki" });
  const half = publicHalf(publicKey, custodyOf(opened.value));
  const isP256 = half.algorithm === "ecdsa-p256";
  let lost: Refusal | undefined;

  // A module that was lost is opened anew once; where that is refused, it stays refused: trying a PIN again and again locks a token.
  const ready = async (): Promise<Outcome<ModuleProcess>> => {
    if (lost !== undefined) return { ok: false, refusal: lost };
    if (module.alive) return accept(module);
    module = new ModuleProcess(milliseconds);
    const again = await module.open({ of: "open", place });
    if (again.ok && Buffer.from(again.value.spki).equals(Buffer.from(opened.value.spki))) return accept(module);
    module.end();
    const other = refuse("key-replaced", `the key ${half.keyid}`, "another key under its label", "Start this process again.");
    lost = again.ok ? other.refusal : again.refusal;
    return { ok: false, refusal: lost };
  };

  const sign = async (message: Uint8Array): Promise<Outcome<Uint8Array>> => {
    const usable = await ready();
    if (!usable.ok) return usable;
    const raw = await usable.value.sign(isP256 ? createHash("sha256").update(message).digest() : message);
    return raw.ok && isP256 ? accept(derFromRaw(raw.value)) : raw;
  };
  return accept(verifiedKey(half, attestationOf(opened.value), sign));
}

function custodyOf({ token: { manufacturer, model } }: OpenedKey): string {
  return `pkcs11 (${[manufacturer, model].filter((text) => text !== "").join(", ")})`;
}

function attestationOf(opened: OpenedKey): Attestation {
  const { sensitive, alwaysSensitive, extractable, neverExtractable, local } = opened.attributes;
  const flags = { sensitive, alwaysSensitive, extractable, neverExtractable, local } as Record<string, boolean>; // all said: the checks saw to it
  return { custody: custodyOf(opened), says: { ...opened.token, ...flags } };
}
