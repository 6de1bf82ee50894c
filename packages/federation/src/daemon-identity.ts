// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type KeyPlace, openKey, parsePlace } from "@countersign/custody/place";
import { closed, decode, name, record, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { grantHeaders } from "./exchange.ts";
import { type GrantSource, grantSource } from "./grant-source.ts";
import { plainEcdsa } from "./jws.ts";
import { renewalFile } from "./renewal-file.ts";

const around = { fetch, now: Date.now, id: randomUUID };

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

/** The identities of a daemon, by channel: one is of one channel, and has a certificate of its own. */
export type DaemonIdentities = Readonly<Record<string, DaemonIdentity>>;

/** Reads them from a configuration; one that is missing a member, or has an empty or an unknown one, is refused. */
export function parseDaemonIdentities(json: unknown): Outcome<DaemonIdentities> {
  const read = decode(
    record(name, (value) => value ?? null),
    json,
    "the daemon's identities",
  );
  if (!read.ok) return read;
  const identities: Record<string, DaemonIdentity> = {};
  for (const [channel, value] of Object.entries(read.value)) {
    const identity = parseDaemonIdentity(value);
    if (!identity.ok) return identity;
    identities[channel] = identity.value;
  }
  return accept(identities);
}

function parseDaemonIdentity(json: unknown): Outcome<DaemonIdentity> {
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

/** The grants of a daemon at a govern, for each channel as the identity that it is there. Throws `KeyRefused` where a key cannot be opened. */
export async function grantsByChannel(identities: DaemonIdentities, govern: string): Promise<GrantSource> {
  const opened = Object.entries(identities).map(async ([channel, identity]) => [channel, await daemonGrants(identity, govern)] as const);
  const sources = new Map(await Promise.all(opened));
  return {
    grantFor: async (errand) =>
      sources.get(errand.channel)?.grantFor(errand) ??
      refuse(
        "identity-missing",
        `an identity for ${errand.channel}`,
        "none in the configuration",
        "Register one, and name it in `identities`.",
      ),
    headersFor: (granted, method, url) => grantHeaders(granted, { method, url }, around),
  };
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
  return grantSource({ govern, identity }, proof, around);
}
