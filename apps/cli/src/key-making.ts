// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import type { Algorithm } from "@countersign/custody/algorithm";
import type { CustodyKey } from "@countersign/custody/key";
import { createKeyAt, custodies, type KeyPlace, openKey, parsePlace, placeFields, recordPath } from "@countersign/custody/place";
import { type KeyRecord, newRecord } from "@countersign/custody/record/key-record";
import { RecordFile } from "@countersign/custody/record/record-file";
import { writeReference } from "@countersign/custody/reference";
import { servedBytes } from "@countersign/trust/canonical";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { writeDurably } from "@countersign/updater/durable";
import { type Command, Option } from "commander";
import { date } from "./date.ts";
import { number } from "./number.ts";

export const algorithms: readonly Algorithm[] = ["ed25519", "ecdsa-p256", "rsa-pss-3072", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"];

/** How a key is to be made, as options say it. Members of a place are options of their own names. */
export interface MakingOptions {
  readonly algorithm?: Algorithm;
  readonly custody?: KeyPlace["custody"];
  readonly existing?: true;
  readonly owner?: string;
  readonly purpose?: string;
  readonly expires?: string;
  readonly limit?: number;
  readonly nextReview?: string;
  readonly passphraseFile?: string;
  readonly module?: string;
  readonly token?: string;
  readonly label?: string;
  readonly pinFile?: string;
  readonly region?: string;
  readonly keyId?: string;
  readonly credentialsFile?: string;
  readonly endpoint?: string;
  readonly url?: string;
  readonly mount?: string;
  readonly keyName?: string;
  readonly keyVersion?: string;
  readonly tokenFile?: string;
}

export function withMaking(command: Command): Command {
  return command
    .addOption(new Option("--custody <kind>", "where it lives: encrypted-file unless told").choices(custodies))
    .addOption(
      new Option("--algorithm <name>", "what it signs with: ed25519 in an encrypted file, ecdsa-p256 elsewhere").choices(algorithms),
    )
    .option("--passphrase-file <file>", "encrypted-file: holds the passphrase, and is nobody else's to read (mode 0600)")
    .option("--module <file>", "pkcs11: the module's .so file")
    .option("--token <label>", "pkcs11: the token, by its label")
    .option("--label <label>", "pkcs11: the key, by its label")
    .option("--pin-file <file>", "pkcs11: holds the user PIN, and is nobody else's to read (mode 0600)")
    .option("--region <region>", "aws-kms: where the key is")
    .option("--key-id <id>", "aws-kms: the key's identifier or ARN")
    .option("--credentials-file <file>", "aws-kms: a shared credentials file, and nobody else's to read (mode 0600)")
    .option("--endpoint <url>", "aws-kms: where KMS answers, if not at the region's own address")
    .option("--url <url>", "transit: the Vault or OpenBao server")
    .option("--mount <path>", "transit: where the engine is mounted; transit unless told")
    .option("--key-name <name>", "transit: the key")
    .option("--key-version <number>", "transit: which version of it; 1 unless told")
    .option("--token-file <file>", "transit: holds a token that may use this key only, and is nobody else's to read (mode 0600)")
    .option("--existing", "make no key: take the one that is there, if it may be used")
    .option("--owner <person>", "who answers for it; the user of this machine unless told")
    .option("--purpose <text>", "what it is for")
    .option("--expires <date>", "until when it signs (2027-12-31T00:00:00Z); 13 months unless told", date)
    .option("--limit <signatures>", "how many signatures it gives in all; 10000 unless told", number(1, Number.MAX_SAFE_INTEGER))
    .option("--next-review <date>", "when somebody looks at it again; in 90 days unless told", date);
}

/** A key as it was made, and its record. */
export interface MadeKey {
  readonly key: CustodyKey;
  readonly record: KeyRecord;
}

/**
 * Makes a key, and the files that stand for it: FILE, which is the key itself where it is an encrypted file and a reference elsewhere;
 * FILE.record; and FILE.pub, the half that others may have. Names that are taken are refused before anything is made.
 */
export async function makeKey(file: string, options: MakingOptions): Promise<Outcome<MadeKey>> {
  const { custody = "encrypted-file", existing, owner = userInfo().username, purpose = "not said yet" } = options;
  const place = placeOf(custody, file, options);
  if (!place.ok) return place;
  const isFile = custody === "encrypted-file";
  const taken = [...(isFile && existing ? [] : [file]), recordPath(file)].find((path) => existsSync(path));
  if (taken !== undefined) return refuse("key-exists", "a new file name", taken, "Choose another name; a key is never overwritten.");
  const key = existing
    ? accept(await openKey(place.value))
    : await createKeyAt(place.value, options.algorithm ?? (isFile ? "ed25519" : "ecdsa-p256"));
  if (!key.ok) return key;
  const { expires, limit, nextReview } = options;
  const facts = { owner, purpose, ...(expires && { expires }), ...(limit && { limit }), ...(nextReview && { nextReview }) };
  const record = newRecord(key.value, facts, Date.now());
  const kept = RecordFile.create(recordPath(file), record);
  if (!kept.ok) return kept;
  kept.value.close();
  if (!isFile) await writeReference(file, { ...place.value, record: resolve(recordPath(file)) }, key.value);
  await writeDurably(`${file}.pub`, servedBytes(key.value.tuf), 0o644);
  return accept({ key: key.value, record });
}

/** The place that options name. Paths become absolute: a reference means the same wherever it is used. */
function placeOf(custody: KeyPlace["custody"], file: string, options: MakingOptions): Outcome<KeyPlace> {
  const given: Readonly<Record<string, unknown>> = { mount: "transit", keyVersion: "1", ...options, keyFile: file };
  const { required, optional } = placeFields(custody);
  const missing = required.filter((field) => given[field] === undefined);
  if (missing.length > 0)
    return refuse("incomplete", `for --custody ${custody}: ${missing.map(optionOf).join(", ")}`, "nothing", "Add what is missing.");
  const isPath = (field: string): boolean => field.endsWith("File") || field === "module";
  const named = [...required, ...optional.filter((field) => given[field] !== undefined)];
  const members = named.map((field) => [field, isPath(field) ? resolve(String(given[field])) : given[field]]);
  return parsePlace({ custody, ...Object.fromEntries(members) });
}

function optionOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
