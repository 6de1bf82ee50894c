// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { type Field, parseFields, port, text, whole } from "@countersign/daemon/config";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";

/** What an issuer is told. Whom it certifies, it is not told: that stands in the signed policy. */
export interface Config {
  readonly port: number;
  /** The URL under which jobs reach it, which their proofs are for; where it listens, unless told. */
  readonly url: string | undefined;
  /** The issuer's key, which the policy names. It signs certificates and nothing else. */
  readonly key: KeyPlace;
  /** The name under which govern gives grants for it. */
  readonly audience: string;
  /** URL of the repository, as any device reads it. */
  readonly store: string;
  /** The embedded root. */
  readonly anchor: string;
  readonly ledger: string;
  /** URL of govern, whose grants it takes, and the name under which that issues them. */
  readonly govern: string;
  readonly grantIssuer: string;
  /** Where the discovery documents of some platforms are fetched from instead. */
  readonly issuers: Readonly<Record<string, string>>;
  /** The SQLite file with all that it has certified. */
  readonly state: string;
  /** 60 unless told. */
  readonly certificatesPerHour: number;
}

/** Reads the configuration; a missing, malformed or unknown field is refused. */
export function parseConfig(json: unknown): Outcome<Config> {
  return parseFields<Config>(json, {
    port,
    url: (value) => (value === undefined ? accept(undefined) : text(value)),
    key: parsePlace,
    audience: text,
    store: text,
    anchor: text,
    ledger: text,
    govern: text,
    grantIssuer: text,
    issuers: (value) => (value === undefined ? accept({}) : texts(value)),
    state: text,
    certificatesPerHour: (value) => (value === undefined ? accept(60) : whole(1)(value)),
  });
}

const texts: Field<Readonly<Record<string, string>>> = (value) =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string")
    ? accept(value as Readonly<Record<string, string>>)
    : refuse("config-malformed", "texts by name", JSON.stringify(value) ?? "nothing", "correct the configuration file");
