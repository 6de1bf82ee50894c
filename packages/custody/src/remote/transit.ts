// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { Algorithm } from "../algorithm.ts";
import { type CustodyKey, type PublicHalf, publicHalf } from "../key.ts";
import { accept, type Outcome, refuse } from "../outcome.ts";
import { readPrivate } from "../private-file.ts";
import { verifiedKey } from "../verified-key.ts";
import { type Answer, exchange, objectIn } from "./exchange.ts";
import { judgeSaid, type ServiceCheck } from "./service-checks.ts";

/** A key in the Transit engine of Vault or OpenBao. */
export interface TransitPlace {
  readonly custody: "transit";
  /** The server, without `/v1`. */
  readonly url: string;
  /** Where the engine is mounted; `transit` as a rule. */
  readonly mount: string;
  readonly keyName: string;
  /** One version of the key: a rotated key is another key for those who trust the first. */
  readonly keyVersion: string;
  /** Holds a token that may read and sign with this key, and nothing else; it is read anew for each request. */
  readonly tokenFile: string;
}

export const transitFields = ["url", "mount", "keyName", "keyVersion", "tokenFile"] as const;

const types: Readonly<Record<string, Algorithm>> = { "ecdsa-p256": "ecdsa-p256", ed25519: "ed25519" };

/** What the engine must say of a key. `imported_key` is there only where one was. */
export const transitChecks: readonly ServiceCheck[] = [
  { member: "exportable", wanted: [false], because: "its value can be read" },
  { member: "allow_plaintext_backup", wanted: [false], because: "its value is in backups" },
  { member: "imported_key", wanted: [false, undefined], because: "it was made somewhere else, where a copy may be" },
  { member: "derived", wanted: [false], because: "each request may use another key" },
  { member: "supports_signing", wanted: [true], because: "it does something else" },
];

/**
 * Opens one version of a key. Refuses a key that is not there, cannot sign for us, may be or was outside of the engine, and a token that may not
 * use it.
 */
export async function openTransit(place: TransitPlace): Promise<Outcome<CustodyKey>> {
  const answer = await ask(place, "GET", `keys/${place.keyName}`);
  if (!answer.ok) return answer;
  const said = objectIn(answer.value.json, "data");
  const judged = judgeSaid(place.keyName, said, transitChecks);
  if (!judged.ok) return judged;
  const { public_key: written } = objectIn(objectIn(said, "keys"), place.keyVersion);
  const half = halfOf(String(said["type"]), written);
  if (half === undefined)
    return refuse(
      "key-unusable",
      `version ${place.keyVersion} of an ecdsa-p256 or ed25519 key`,
      `${place.keyName}: ${said["type"]}, versions ${Object.keys(objectIn(said, "keys")).join(", ")}`,
      "Name another key or version.",
    );
  const { type, exportable, allow_plaintext_backup, imported_key } = said;
  const says = { url: place.url, mount: place.mount, name: place.keyName, version: place.keyVersion, type: String(type) };
  const flags = {
    exportable: exportable === true,
    allow_plaintext_backup: allow_plaintext_backup === true,
    imported_key: imported_key === true,
  };
  const attestation = { custody: half.custody, says: { ...says, ...flags } };
  return accept(verifiedKey(half, attestation, (message) => sign(place, half.algorithm, message)));
}

/** Makes a key that cannot be exported, and opens its first version. Refuses a name that is taken. */
export async function createTransit(place: TransitPlace, algorithm: Algorithm): Promise<Outcome<CustodyKey>> {
  if (types[algorithm] === undefined)
    return refuse("token-cannot", Object.keys(types).join(" or "), algorithm, "Choose one of them: --algorithm ecdsa-p256");
  const there = await ask(place, "GET", `keys/${place.keyName}`);
  if (there.ok) return refuse("key-exists", "a new name", place.keyName, "Choose another name; a key is never overwritten.");
  if (there.refusal.code !== "key-missing") return there;
  const made = await ask(place, "POST", `keys/${place.keyName}`, { type: algorithm, exportable: false, allow_plaintext_backup: false });
  return made.ok ? openTransit(place) : made;
}

async function sign(place: TransitPlace, algorithm: Algorithm, message: Uint8Array): Promise<Outcome<Uint8Array>> {
  const input =
    algorithm === "ed25519"
      ? { input: Buffer.from(message).toString("base64") }
      : {
          input: createHash("sha256").update(message).digest("base64"),
          prehashed: true,
          hash_algorithm: "sha2-256",
          marshaling_algorithm: "asn1",
        };
  const answer = await ask(place, "POST", `sign/${place.keyName}`, { ...input, key_version: Number(place.keyVersion) });
  if (!answer.ok) return answer;
  const { signature } = objectIn(answer.value.json, "data");
  const [, encoded] = new RegExp(`^vault:v${place.keyVersion}:([A-Za-z0-9+/=]+)$`).exec(String(signature)) ?? [];
  if (encoded === undefined)
    return refuse("signature-wrong", `vault:v${place.keyVersion}:...`, String(signature).slice(0, 20), "Look at the server.");
  return accept(Buffer.from(encoded, "base64"));
}

async function ask(place: TransitPlace, method: "GET" | "POST", path: string, body?: object): Promise<Outcome<Answer>> {
  const token = await readPrivate(place.tokenFile);
  if (!token.ok) return token;
  const url = `${place.url.replace(/\/$/, "")}/v1/${place.mount}/${path}`;
  const headers = { "X-Vault-Token": token.value.trim(), "X-Vault-Request": "true", "content-type": "application/json" };
  const answer = await exchange(url, (signal) =>
    fetch(url, { method, headers, redirect: "error", signal, ...(body !== undefined && { body: JSON.stringify(body) }) }),
  );
  if (!answer.ok || answer.value.status < 300) return answer;
  const { status, json } = answer.value;
  const errors = Array.isArray(json["errors"]) ? json["errors"].join("; ") : "";
  if (status === 404 && errors === "")
    return refuse("key-missing", `a key at ${place.mount}/${place.keyName}`, "none", "Name another key.");
  const code = status === 403 ? "access-refused" : status === 503 ? "service-sealed" : "service-refused";
  return refuse(code, `leave to use ${place.mount}/${path}`, `${status} ${errors}`, "Look at the token's policy, and at the server.");
}

function halfOf(type: string, written: unknown): PublicHalf | undefined {
  if (types[type] === undefined || typeof written !== "string") return undefined;
  try {
    return publicHalf(type === "ed25519" ? rawEd25519(written) : createPublicKey(written), "transit");
  } catch {
    return undefined; // no public key of that type
  }
}

/** Transit writes ed25519 keys as their 32 bytes in base64, and others as PEM. */
function rawEd25519(base64: string): KeyObject {
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(base64, "base64")]);
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}
