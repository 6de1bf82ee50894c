// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from "node:crypto";
import type { CustodyKey } from "@countersign/custody/key";
import { type ProofJwk, thumbprintOf } from "@countersign/federation/dpop";
import type { IssuerKeys } from "@countersign/federation/issuer-keys";
import { plainEcdsa, type TokenSigner } from "@countersign/federation/jws";
import type { WindowBounds } from "./window-checks.ts";

/** A public key as `GET /jwks` serves it (RFC 7517). */
export type ServedJwk = ProofJwk & { readonly kid: string; readonly alg: "ES256"; readonly use: "sig" };

/** Whose grants these are, and what signs them. The key signs grants and nothing else; no signer and no device accepts it for anything. */
export interface TokenAuthority {
  /** The name under which pins, grants and resource servers know this govern, whatever process answers. */
  readonly issuer: string;
  /** Where this process is asked, for the targets of proofs. */
  url(): string;
  /** Servers that take grants of ours, besides govern itself. */
  readonly audiences: readonly string[];
  readonly signer: TokenSigner;
  readonly jwk: ServedJwk;
  /** Keys of the issuers of subject tokens. */
  readonly issuerKeys: IssuerKeys;
  readonly bounds: GrantBounds;
}

export interface GrantBounds extends WindowBounds {
  /** How many grants an identity may get in 24 hours. */
  readonly grantsPerDay: number;
}

/** The token key in custody, as what signs grants. Any key but one of P-256 is a mistake of the configuration, and throws. */
export function tokenSigner({ algorithm, publicKey, sign }: CustodyKey): Pick<TokenAuthority, "signer" | "jwk"> {
  if (algorithm !== "ecdsa-p256") throw new Error(`the token key is ${algorithm}; grants are signed with ecdsa-p256 (ES256)`);
  const { x, y } = createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({ format: "jwk" }) as { x: string; y: string };
  const jwk = { kty: "EC", crv: "P-256", x, y } as const;
  const kid = thumbprintOf(jwk);
  return {
    signer: { alg: "ES256", kid, sign: async (message) => plainEcdsa(await sign(message)) },
    jwk: { ...jwk, kid, alg: "ES256", use: "sig" },
  };
}
