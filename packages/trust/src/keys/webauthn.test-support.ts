// SPDX-License-Identifier: Apache-2.0
// An authenticator and a browser in software: what they would sign, and what only a broken or a hostile one would.
import { createECDH, createPrivateKey, hash, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import { canonicalBytes } from "../canonical.ts";
import { keyidOf, type Passkey } from "../key.ts";
import { pemOf } from "./pem.ts";

export const pageOrigin = "http://localhost:7391";

/** What differs from what an honest browser and authenticator do. */
export interface Assertion {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
  readonly crossOrigin: boolean;
  /** After the members that are asked for, with its comma. */
  readonly more: string;
  readonly rpId: string;
  readonly flags: number;
  readonly counter: number;
  /** After flags and counter. */
  readonly extra: Uint8Array;
  /** Instead of the JSON that the members above make. */
  readonly clientData?: string;
}

/** Makes an ECDSA signature in DER; the vectors give back one that they know. */
export type Sign = (message: Uint8Array, key: KeyObject) => Uint8Array;

const signOnce: Sign = (message, key) => sign("sha256", message, key);

/** Somebody with a passkey, the same in every run. Its counter goes up with each signature. */
export interface PasskeyPerson {
  readonly name: string;
  readonly key: Passkey;
  readonly keyid: string;
  sign(message: Uint8Array, change?: Partial<Assertion>): Promise<Uint8Array>;
}

export function passkeyPerson(name: string, origin: string = pageOrigin, make: Sign = signOnce): PasskeyPerson {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(hash("sha256", name, "buffer"));
  const point = ecdh.getPublicKey();
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), ecdh.getPrivateKey()].map((part) => part.toString("base64url"));
  const privateKey = createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d } as JsonWebKey, format: "jwk" });
  const spki = Buffer.concat([Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"), point]);
  const key: Passkey = { keytype: "webauthn", scheme: "webauthn-es256", keyval: { public: pemOf(spki), rpId: "localhost", origin } };
  let counter = 0;
  return {
    name,
    key,
    keyid: keyidOf(key),
    async sign(message, change = {}) {
      counter += 1;
      const usual: Assertion = {
        type: "webauthn.get",
        challenge: hash("sha256", message, "base64url"),
        origin,
        crossOrigin: false,
        more: "",
        rpId: "localhost",
        flags: 0x05,
        counter,
        extra: Buffer.alloc(0),
      };
      return assertion({ ...usual, ...change }, privateKey, make);
    },
  };
}

function assertion(said: Assertion, privateKey: KeyObject, make: Sign): Uint8Array {
  const { type, challenge, origin, crossOrigin, more, rpId, flags, counter, extra } = said;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const authenticatorData = Buffer.concat([hash("sha256", rpId, "buffer"), Buffer.from([flags]), count, extra]);
  const stated = JSON.stringify({ type, challenge, origin, crossOrigin });
  const clientDataJSON = Buffer.from(said.clientData ?? `${stated.slice(0, -1)}${more}}`);
  const signature = make(Buffer.concat([authenticatorData, hash("sha256", clientDataJSON, "buffer")]), privateKey);
  return assertionBytes({ authenticatorData, clientDataJSON, signature });
}

/** An assertion as it stands in a signature. */
export function assertionBytes(parts: Readonly<Record<"authenticatorData" | "clientDataJSON" | "signature", Uint8Array>>): Uint8Array {
  return canonicalBytes(Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64url")])));
}
