// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes } from "./canonical.ts";
import { closed, type Decoder, json, literal, Malformed, open, text } from "./decode.ts";
import { sha256 } from "./digest.ts";
import { ecdsa } from "./keys/ecdsa.ts";
import { ed25519 } from "./keys/ed25519.ts";
import type { KeyKind, Verifier } from "./keys/kind.ts";
import { mlDsa } from "./keys/ml-dsa.ts";
import { rsa } from "./keys/rsa.ts";
import { type PasskeyValue, readPasskey } from "./keys/webauthn.ts";

type Scheme = "ed25519" | `ecdsa-sha2-nistp${256 | 384 | 521}` | "rsassa-pss-sha256" | `ml-dsa-${44 | 65 | 87}`;

/** A public key as TUF 4.2 writes it, in its one spelling. */
export interface PublicKey {
  readonly keytype: "ed25519" | "ecdsa" | "rsa" | "ml-dsa";
  readonly scheme: Scheme;
  readonly keyval: { readonly public: string };
}

/** A passkey, with which a person says what they say. It signs no metadata, provenance or list: see `holderKey`. */
export interface Passkey {
  readonly keytype: "webauthn";
  readonly scheme: "webauthn-es256";
  readonly keyval: PasskeyValue;
}

/** What a policy may have of somebody. */
export type HolderKey = PublicKey | Passkey;

/** A key in somebody else's repository that we cannot use. It verifies nothing. */
export interface UnusableKey {
  readonly keytype: "unusable";
  /** The whole key as the document has it, in JSON. */
  readonly given: string;
}

/** What may sign metadata. What we write is ed25519, P-256 or RSA, which stock clients read; ML-DSA signs sidecars alone. */
const kinds: readonly KeyKind[] = [ed25519, ...ecdsa, rsa];

/** Bytes; ML-DSA-87 has it. */
const longestSignature = 4627;

/** A key is read once: a decoded one is never changed, so what it stands for can be kept beside it. */
const verifiers = new WeakMap<HolderKey, Verifier>();

/** A key that may sign metadata, in the only spelling that our documents have for it: a second one would be a second voice in a quorum. */
export const publicKey: Decoder<PublicKey> = strict(
  kinds,
  "an ed25519 key in hex, or an ECDSA or RSA key in PEM, sound and in its one spelling",
);

/** A key that may sign sidecars. */
export const sidecarKey: Decoder<PublicKey> = strict(mlDsa, "an ML-DSA key in lower-case hex");

/** A key that may stand among the holders of a policy: one that may sign metadata, or a passkey, each in its one spelling. */
export const holderKey: Decoder<HolderKey> = (value, at) => {
  const { keytype } = open({ keytype: text })(value, at);
  return keytype === "webauthn" ? passkey(value, at) : publicKey(value, at);
};

/** The public half of a passkey. */
export const passkey: Decoder<Passkey> = (value, at) => {
  const key = passkeyFields(value, at);
  const verifier = readPasskey(key.keyval);
  if (verifier === undefined)
    throw new Malformed(at, "a P-256 key in PEM, for localhost and a page of it", Object.values(key.keyval).join(", "));
  verifiers.set(key, verifier);
  return key;
};

const passkeyFields: Decoder<Passkey> = closed<Passkey>({
  keytype: literal("webauthn"),
  scheme: literal("webauthn-es256"),
  keyval: closed<PasskeyValue>({ public: text, rpId: text, origin: text }),
});

/**
 * A key in somebody else's repository: in any spelling that stock clients take (PEM in any wrapping, a bare point in hex, the older key types
 * that repeat the scheme), which is made ours; or one that we cannot use, which is kept and verifies nothing (TUF 4.2).
 */
export const foreignKey: Decoder<PublicKey | UnusableKey> = (value, at) => {
  const { keytype, scheme, keyval } = open({ keytype: text, scheme: text, keyval: open({ public: anything }) })(value, at);
  const kind = kinds.find(
    (each) => each.scheme === scheme && (each.keytype === keytype || (each.keytype === "ecdsa" && keytype === scheme)),
  );
  const verifier = typeof keyval.public === "string" ? kind?.read(keyval.public) : undefined;
  if (kind === undefined || verifier === undefined) return { keytype: "unusable", given: JSON.stringify(json(value, at)) };
  return remember(kind, verifier);
};

/** The key identifier: SHA-256 of the key's canonical form (TUF 4.2). */
export function keyidOf(key: HolderKey): string {
  return sha256(canonicalBytes(key));
}

/** The key itself, whatever identifier and spelling it came under: what quorums count. */
export function keyValueOf(key: HolderKey | UnusableKey): string {
  return key.keytype === "unusable" ? `unusable:${key.given}` : `${key.scheme}:${key.keyval.public}`;
}

/** True if `signature` (lower-case hex) is one of `message` by `key`. A key or signature that cannot be read verifies nothing. */
export function verifySignature(key: HolderKey | UnusableKey, message: Uint8Array, signature: string): boolean {
  if (key.keytype === "unusable" || signature.length > 2 * longestSignature || !/^(?:[0-9a-f]{2})+$/.test(signature)) return false;
  return verifierOf(key)?.verify(message, Buffer.from(signature, "hex")) === true;
}

function verifierOf(key: HolderKey): Verifier | undefined {
  const known = verifiers.get(key);
  if (known !== undefined) return known;
  const verifier = key.keytype === "webauthn" ? readPasskey(key.keyval) : kindOf(key)?.read(key.keyval.public);
  if (verifier?.spelling !== key.keyval.public) return undefined;
  verifiers.set(key, verifier);
  return verifier;
}

function kindOf(key: PublicKey): KeyKind | undefined {
  return [...kinds, ...mlDsa].find(({ keytype, scheme }) => keytype === key.keytype && scheme === key.scheme);
}

/** Ours are named by the digest of the whole key, so there is nothing in one but what it is. */
function strict(allowed: readonly KeyKind[], expected: string): Decoder<PublicKey> {
  return (value, at) => {
    const given = closed({ keytype: text, scheme: text, keyval: closed({ public: text }) })(value, at);
    const kind = allowed.find(({ keytype, scheme }) => keytype === given.keytype && scheme === given.scheme);
    const verifier = kind?.read(given.keyval.public);
    if (kind === undefined || verifier?.spelling !== given.keyval.public)
      throw new Malformed(at, expected, `${given.keytype}, ${given.scheme}, ${given.keyval.public}`);
    return remember(kind, verifier);
  };
}

function remember({ keytype, scheme }: KeyKind, verifier: Verifier): PublicKey {
  const key = { keytype, scheme, keyval: { public: verifier.spelling } } as PublicKey; // the table's rows are exactly these
  verifiers.set(key, verifier);
  return key;
}

function anything(value: unknown): unknown {
  return value;
}
