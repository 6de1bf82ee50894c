// SPDX-License-Identifier: Apache-2.0
import { type Decoder, literal, Malformed, optional, record, text } from "../decode.ts";
import type { HolderKey } from "../key.ts";

/** The kinds of places where keys live, and how hard a key is to misuse there: a file is copied by whoever reads it; a service signs for whoever has its credentials, from anywhere; a token must be reached. */
export const custodyStrength = { "encrypted-file": 0, transit: 1, "aws-kms": 1, pkcs11: 2 } as const;

export type Custody = keyof typeof custodyStrength;

export const custodyKinds: readonly Custody[] = Object.keys(custodyStrength) as Custody[];

/** The part of a policy that says where keys live. Whoever signs the policy says so; nothing proves it. */
export const custodyMap: Decoder<Readonly<Record<string, Custody>> | undefined> = optional(record(text, literal(...custodyKinds)));

/** What of a policy its declarations of custody are about. */
interface Declaring {
  readonly custody?: Readonly<Record<string, Custody>> | undefined;
  readonly holders: Readonly<Record<string, { readonly key: HolderKey }>>;
  readonly postQuantum?: { readonly holders: Readonly<Record<string, unknown>> } | undefined;
}

/** Throws `Malformed` for a declaration of a key that the policy does not list, and of a passkey: its kind says where it lives. */
export function declarable({ custody = {}, holders, postQuantum }: Declaring): void {
  for (const keyid of Object.keys(custody)) {
    const listed = holders[keyid]?.key.keytype ?? (postQuantum?.holders[keyid] && "ml-dsa");
    if (listed === undefined || listed === "webauthn")
      throw new Malformed(`custody.${keyid}`, "the identifier of a key that this policy lists, and no passkey", keyid);
  }
}
