// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "../outcome.ts";
import {
  type Attribute,
  CKA,
  CKF_OS_LOCKING_OK,
  CKF_RW_SESSION,
  CKF_SERIAL_SESSION,
  CKO,
  CKU_USER,
  type Cryptoki,
  type Handle,
  type TokenInfo,
} from "./cryptoki.ts";
import { type Curve, curveOf, curves, spkiOf } from "./curve.ts";
import { judgeKey, type KeyAttributes } from "./key-checks.ts";

/** A key in a token, as the module's process knows it. */
export interface TokenKey {
  readonly curve: Curve;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  readonly token: TokenInfo;
  readonly attributes: KeyAttributes;
  sign(input: Buffer): Buffer;
}

/** A logged-in session. */
export interface Token {
  readonly info: TokenInfo;
  readonly session: Handle;
}

/** Loads a module and logs in to the token of that label. */
export function logIn(cryptoki: Cryptoki, module: string, label: string, pin: string, write: boolean): Outcome<Token> {
  try {
    cryptoki.load(module);
    cryptoki.C_Initialize({ flags: CKF_OS_LOCKING_OK });
  } catch (cause) {
    return refuse("module-not-loaded", "a PKCS#11 module", `${module}: ${messageOf(cause)}`, "Name the module's own .so file.");
  }
  const slots = cryptoki.C_GetSlotList(true).map((slot) => ({ slot, info: cryptoki.C_GetTokenInfo(slot) }));
  const labels = slots.map(({ info }) => info.label.trim()).join(", ") || "none";
  const [found, another] = slots.filter(({ info }) => info.label.trim() === label);
  if (found === undefined || another !== undefined)
    return refuse(
      found === undefined ? "token-missing" : "token-ambiguous",
      `one token with the label ${label}`,
      labels,
      "Plug it in, or name another.",
    );
  const session = cryptoki.C_OpenSession(found.slot, CKF_SERIAL_SESSION | (write ? CKF_RW_SESSION : 0));
  try {
    cryptoki.C_Login(session, CKU_USER, pin);
  } catch (cause) {
    const said = messageOf(cause);
    const code = said === "CKR_PIN_LOCKED" ? "pin-locked" : said.startsWith("CKR_PIN") ? "pin-wrong" : "login-refused";
    return refuse(code, `the user PIN of ${label}`, said, "Correct the PIN file before you try again: tokens lock after a few wrong ones.");
  }
  return accept({ info: found.info, session });
}

/** Finds a key by its label, and refuses one that could be outside of its token too. */
export function findKey(cryptoki: Cryptoki, { session, info }: Token, label: string): Outcome<TokenKey> {
  const [key, another] = find(cryptoki, session, [
    { type: CKA.class, value: CKO.privateKey },
    { type: CKA.label, value: label },
  ]);
  if (key === undefined || another !== undefined)
    return refuse(
      key === undefined ? "key-missing" : "key-ambiguous",
      `one private key with the label ${label}`,
      key === undefined ? "none" : "several",
      "Name another, or make one with: countersign key create FILE --custody pkcs11",
    );
  const read = (type: number): Buffer | undefined => attributeOf(cryptoki, session, key, type);
  const attributes = {
    sensitive: flag(read(CKA.sensitive)),
    alwaysSensitive: flag(read(CKA.alwaysSensitive)),
    extractable: flag(read(CKA.extractable)),
    neverExtractable: flag(read(CKA.neverExtractable)),
    local: flag(read(CKA.local)),
  };
  const judged = judgeKey(label, attributes);
  if (!judged.ok) return judged;
  const params = read(CKA.ecParams) ?? Buffer.alloc(0);
  const curve = curveOf(params);
  if (curve === undefined)
    return refuse("key-unusable", curves.map(({ algorithm }) => algorithm).join(" or "), params.toString("hex"), "Make another key.");
  const id = read(CKA.id) ?? Buffer.alloc(0);
  const [publicKey] = find(cryptoki, session, [
    { type: CKA.class, value: CKO.publicKey },
    id.length > 0 ? { type: CKA.id, value: id } : { type: CKA.label, value: label },
  ]);
  const point = publicKey === undefined ? read(CKA.ecPoint) : attributeOf(cryptoki, session, publicKey, CKA.ecPoint);
  const spki = point === undefined ? undefined : spkiOf(curve, point);
  if (spki === undefined) return refuse("key-unusable", "its public half in the token too", "none", "Make another key.");
  const sign = (input: Buffer): Buffer => {
    cryptoki.C_SignInit(session, { mechanism: curve.sign, parameter: null }, key);
    return cryptoki.C_Sign(session, input, Buffer.alloc(256));
  };
  return accept({ curve, spki, token: info, attributes, sign });
}

/** Makes a key that never leaves the token; refuses a label that is taken. */
export function makeKey(cryptoki: Cryptoki, { session }: Token, label: string, curve: Curve, id: Buffer): Outcome<void> {
  const taken = find(cryptoki, session, [
    { type: CKA.class, value: CKO.privateKey },
    { type: CKA.label, value: label },
  ]);
  if (taken.length > 0) return refuse("key-exists", "a new label", label, "Choose another label; a key is never overwritten.");
  const both = [
    { type: CKA.token, value: true },
    { type: CKA.label, value: label },
    { type: CKA.id, value: id },
  ];
  const publicKey: readonly Attribute[] = [
    ...both,
    { type: CKA.keyType, value: curve.keyType },
    { type: CKA.verify, value: true },
    { type: CKA.ecParams, value: curve.params },
  ];
  const privateKey: readonly Attribute[] = [
    ...both,
    { type: CKA.keyType, value: curve.keyType },
    { type: CKA.private, value: true },
    { type: CKA.sensitive, value: true },
    { type: CKA.extractable, value: false },
    { type: CKA.sign, value: true },
  ];
  try {
    cryptoki.C_GenerateKeyPair(session, { mechanism: curve.keyPairGen, parameter: null }, publicKey, privateKey);
  } catch (cause) {
    return refuse(
      "token-cannot",
      `a token that makes ${curve.algorithm} keys`,
      messageOf(cause),
      "Choose ecdsa-p256, which every token has.",
    );
  }
  return accept(undefined);
}

/** The name that PKCS#11 has for what went wrong, where it was the module that said so. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split("\n")[0] ?? cause.name) : String(cause);
}

function find(cryptoki: Cryptoki, session: Handle, template: readonly Attribute[]): readonly Handle[] {
  cryptoki.C_FindObjectsInit(session, template);
  const found = cryptoki.C_FindObjects(session, 2); // two are one too many already
  cryptoki.C_FindObjectsFinal(session);
  return found;
}

function attributeOf(cryptoki: Cryptoki, session: Handle, object: Handle, type: number): Buffer | undefined {
  try {
    const [attribute] = cryptoki.C_GetAttributeValue(session, object, [{ type }]);
    return attribute?.value;
  } catch {
    return undefined; // the token does not know it, or does not tell: who asks decides what that means
  }
}

function flag(value: Buffer | undefined): boolean | undefined {
  return value === undefined || value.length !== 1 ? undefined : value[0] !== 0;
}
