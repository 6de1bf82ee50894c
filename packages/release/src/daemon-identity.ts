// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type KeyPlace, openKey, parsePlace } from "@countersign/custody/place";
import { type GrantSource, grantSource } from "@countersign/federation/grant-source";
import { plainEcdsa } from "@countersign/federation/jws";
import { renewalFile } from "@countersign/federation/renewal-file";
import { closed, decode, name, text } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** How a daemon proves to govern which identity it is. */
export interface DaemonIdentity {
  readonly identity: string;
  /** The name under which govern knows itself, for assertions. */
  readonly issuer: string;
  /** The file of its certificate, in DER: the one that its pin names. */
  readonly certificate: string;
  /** The certificate's key: of P-256, and another than it signs releases or snapshots with. */
  readonly key: KeyPlace;
  /** The file that keeps what govern gave it to show next time. */
  readonly renewal: string;
}

/** Reads it from a configuration; a member that is missing, empty or unknown is refused. */
export function parseDaemonIdentity(json: unknown): Outcome<DaemonIdentity> {
  const read = decode(
    closed<Omit<DaemonIdentity, "key"> & { readonly key: unknown }>({
      identity: name,
      issuer: text,
      certificate: text,
      key: (value) => value ?? null,
      renewal: text,
    }),
    json,
    "the daemon's identity",
  );
  if (!read.ok) return read;
  const key = parsePlace(read.value.key);
  return key.ok ? accept({ ...read.value, key: key.value }) : key;
}

/** The grants of a daemon at a govern, by exchange of its certificate. Throws `KeyRefused` where the key cannot be opened. */
export async function daemonGrants(
  { identity, issuer, certificate, key: place, renewal }: DaemonIdentity,
  govern: string,
): Promise<GrantSource> {
  const key = await openKey(place);
  const proof = {
    subject: "certificate",
    certificate: await readFile(certificate),
    signer: { alg: "ES256", sign: async (message: Uint8Array) => plainEcdsa(await key.sign(message)) },
    issuer,
    renewal: renewalFile(renewal),
  } as const;
  return grantSource({ govern, identity }, proof, { fetch, now: Date.now, id: randomUUID });
}
