// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey } from "node:crypto";
import { AwsClient } from "aws4fetch";
import type { Algorithm } from "../algorithm.ts";
import { type CustodyKey, publicHalf } from "../key.ts";
import { accept, type Outcome, refuse } from "../outcome.ts";
import { verifiedKey } from "../verified-key.ts";
import { readCredentials } from "./aws-credentials.ts";
import { exchange, objectIn } from "./exchange.ts";
import { judgeSaid, type ServiceCheck } from "./service-checks.ts";

/** An asymmetric key in AWS KMS. */
export interface AwsKmsPlace {
  readonly custody: "aws-kms";
  readonly region: string;
  /** Its identifier or ARN. An alias could be pointed at another key, and is refused. */
  readonly keyId: string;
  /** A shared credentials file of AWS's form; it is read anew for each request, so that short-lived ones can be put there. */
  readonly credentialsFile: string;
  /** Where KMS answers, for a VPC endpoint; the region's own unless told. */
  readonly endpoint?: string;
}

export const awsKmsFields = ["region", "keyId", "credentialsFile"] as const;
export const awsKmsOptionalFields = ["endpoint"] as const;

/** How KMS calls what it signs with, and what it wants to be given. */
interface Spec {
  readonly algorithm: Algorithm;
  readonly signing: string;
  input(message: Uint8Array): { readonly type: "DIGEST" | "RAW"; readonly bytes: Uint8Array };
}

const specs: Readonly<Record<string, Spec>> = {
  ECC_NIST_P256: {
    algorithm: "ecdsa-p256",
    signing: "ECDSA_SHA_256",
    input: (message) => ({ type: "DIGEST", bytes: createHash("sha256").update(message).digest() }),
  },
  ECC_NIST_EDWARDS25519: { algorithm: "ed25519", signing: "ED25519_SHA_512", input: (message) => ({ type: "RAW", bytes: message }) },
};
/** What KMS takes as RAW. */
const MAX_RAW_BYTES = 4096;

/** What KMS must say of a key (DescribeKey). */
export const awsKmsChecks: readonly ServiceCheck[] = [
  { member: "Origin", wanted: ["AWS_KMS", "AWS_CLOUDHSM"], because: "it was made somewhere else, where a copy may be" },
  { member: "KeyUsage", wanted: ["SIGN_VERIFY"], because: "it does something else" },
  { member: "KeyState", wanted: ["Enabled"], because: "it signs nothing" },
];

/** Opens a key. Refuses one that was imported, is of another kind, or is not enabled, and credentials that may not use it. */
export async function openAwsKms(place: AwsKmsPlace): Promise<Outcome<CustodyKey>> {
  if (place.keyId.includes("alias/"))
    return refuse("key-alias", "a key's identifier or ARN", place.keyId, "An alias can be pointed at another key; name the key itself.");
  const described = await ask(place, "DescribeKey", { KeyId: place.keyId });
  if (!described.ok) return described;
  const said = objectIn(described.value, "KeyMetadata");
  const judged = judgeSaid(place.keyId, said, awsKmsChecks);
  if (!judged.ok) return judged;
  const published = await ask(place, "GetPublicKey", { KeyId: place.keyId });
  if (!published.ok) return published;
  const { KeySpec, PublicKey } = published.value;
  const spec = specs[String(KeySpec)];
  if (spec === undefined) return refuse("key-unusable", Object.keys(specs).join(" or "), `${place.keyId}: ${KeySpec}`, "Name another key.");
  const half = publicHalf(createPublicKey({ key: Buffer.from(String(PublicKey), "base64"), format: "der", type: "spki" }), "aws-kms");
  if (half.algorithm !== spec.algorithm) return refuse("key-unusable", `a key of ${KeySpec}`, half.algorithm, "Name another key.");
  const { Arn, Origin, MultiRegion, CustomKeyStoreId } = said;
  const says = {
    arn: String(Arn),
    origin: String(Origin),
    multiRegion: MultiRegion === true,
    keyStore: String(CustomKeyStoreId ?? "none"),
  };
  return accept(verifiedKey(half, { custody: half.custody, says }, (message) => sign(place, spec, message)));
}

/** Keys of KMS are made by those who administer it, who are not those who sign. */
export async function createAwsKms(place: AwsKmsPlace, algorithm: Algorithm): Promise<Outcome<CustodyKey>> {
  const spec = Object.entries(specs).find(([, each]) => each.algorithm === algorithm)?.[0] ?? "ECC_NIST_P256";
  const made = `aws kms create-key --region ${place.region} --key-spec ${spec} --key-usage SIGN_VERIFY`;
  return refuse("made-elsewhere", "a key that is there", "one to be made", `Run: ${made}\nThen add: --existing --key-id ID`);
}

async function sign(place: AwsKmsPlace, spec: Spec, message: Uint8Array): Promise<Outcome<Uint8Array>> {
  const { type, bytes } = spec.input(message);
  if (type === "RAW" && bytes.length > MAX_RAW_BYTES)
    return refuse("message-too-long", `at most ${MAX_RAW_BYTES} bytes`, `${bytes.length}`, "Use an ecdsa-p256 key, which signs a digest.");
  const answer = await ask(place, "Sign", {
    KeyId: place.keyId,
    Message: Buffer.from(bytes).toString("base64"),
    MessageType: type,
    SigningAlgorithm: spec.signing,
  });
  return answer.ok ? accept(Buffer.from(String(answer.value["Signature"]), "base64")) : answer;
}

/** One operation of the KMS API (JSON 1.1, SigV4). */
async function ask(place: AwsKmsPlace, operation: string, body: object): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  const credentials = await readCredentials(place.credentialsFile);
  if (!credentials.ok) return credentials;
  const url = place.endpoint ?? `https://kms.${place.region}.amazonaws.com/`;
  const client = new AwsClient({ ...credentials.value, service: "kms", region: place.region, retries: 0 });
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
  const answer = await exchange(url, (signal) =>
    client.fetch(url, { method: "POST", headers, body: JSON.stringify(body), redirect: "error", signal }),
  );
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  if (status === 200) return accept(json);
  const type = String(json["__type"] ?? status).replace(/^.*#/, "");
  const code = type === "NotFoundException" ? "key-missing" : type === "AccessDeniedException" ? "access-refused" : "service-refused";
  return refuse(code, `leave to ${operation} with ${place.keyId}`, `${type}: ${json["message"] ?? ""}`, "Look at the key's policy.");
}
