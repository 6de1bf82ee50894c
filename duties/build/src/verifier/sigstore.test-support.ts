// SPDX-License-Identifier: Apache-2.0
// A Fulcio, a CT log and a Rekor of one process: what they make has the shape of Sigstore's, is signed like it, and verifies against their own trusted root.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { preAuthenticationEncoding } from "@countersign/trust/build/dsse";
import { inTotoPayloadType } from "@countersign/trust/build/in-toto";

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const pair = (): Pair => generateKeyPairSync("ec", { namedCurve: "P-256" });
const spki = ({ publicKey }: Pair): Buffer => publicKey.export({ type: "spki", format: "der" });
const hash = (...parts: readonly Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const signed = ({ privateKey }: Pair, message: Uint8Array): Buffer => sign("sha256", message, privateKey);
const [ca, ctLog, rekor] = [pair(), pair(), pair()] as const;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
const extension = (id: string, value: Uint8Array, critical = false): Buffer =>
  der(0x30, oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
const ecdsaWithSha256 = der(0x30, oid("1.2.840.10045.4.3.2"));
const caName = der(0x30, der(0x31, der(0x30, oid("2.5.4.3"), utf8("fulcio.example"))));
const caId = hash(spki(ca)).subarray(0, 20);
const time = (seconds: number): Buffer =>
  der(
    0x18,
    Buffer.from(
      `${new Date(seconds * 1000)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(0, 14)}Z`,
    ),
  );

interface Tbs {
  readonly subject: Buffer;
  readonly key: Pair;
  readonly from: number;
  readonly to: number;
  readonly extensions: readonly Buffer[];
}

function tbs({ subject, key, from, to, extensions }: Tbs): Buffer {
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const all = der(0xa3, der(0x30, ...extensions));
  return der(0x30, version, serial, ecdsaWithSha256, caName, der(0x30, time(from), time(to)), subject, spki(key), all);
}

const certificate = (body: Buffer): Buffer => der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signed(ca, body)));

/** What Fulcio says of a job, by the numbers under 1.3.6.1.4.1.57264.1. */
export type Extensions = Readonly<Record<number, string>>;

/** A certificate for ten minutes, with the CT log's promise in it (RFC 6962, 3.2 and 3.3). */
function leaf(key: Pair, san: string, facts: Extensions, from: number): Buffer {
  const extensions = [
    extension("2.5.29.15", der(0x03, Buffer.from([7, 0x80])), true),
    extension("2.5.29.37", der(0x30, oid("1.3.6.1.5.5.7.3.3"))),
    extension("2.5.29.35", der(0x30, der(0x80, caId))),
    extension("2.5.29.17", der(0x30, der(0x86, Buffer.from(san))), true),
    ...Object.entries(facts).map(([number, text]) => extension(`1.3.6.1.4.1.57264.1.${number}`, utf8(text))),
  ];
  const body = { subject: der(0x30), key, from, to: from + 600, extensions };
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(from * 1000));
  const precertificate = tbs(body);
  const length = Buffer.from([precertificate.length >> 16, (precertificate.length >> 8) & 0xff, precertificate.length & 0xff]);
  const entry = Buffer.concat([
    Buffer.from([0, 0]),
    stamp,
    Buffer.from([0, 1]),
    hash(spki(ca)),
    length,
    precertificate,
    Buffer.from([0, 0]),
  ]);
  const signature = signed(ctLog, entry);
  const sct = Buffer.concat([Buffer.from([0]), hash(spki(ctLog)), stamp, Buffer.from([0, 0, 4, 3, 0, signature.length]), signature]);
  const list = Buffer.concat([Buffer.from([0, sct.length + 2, 0, sct.length]), sct]);
  const promise = extension("1.3.6.1.4.1.11129.2.4.2", der(0x04, list));
  return certificate(tbs({ ...body, extensions: [...extensions, promise] }));
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** A `trusted_root.json` that trusts these three from the beginning of the epoch on. */
export function trustedRoot(): object {
  const validFor = { start: "1970-01-01T00:00:00Z" };
  const extensions = [
    extension("2.5.29.19", der(0x30, der(0x01, Buffer.from([0xff]))), true),
    extension("2.5.29.15", der(0x03, Buffer.from([1, 0x06])), true),
    extension("2.5.29.14", der(0x04, caId)),
  ];
  const own = certificate(tbs({ subject: caName, key: ca, from: 0, to: 4_000_000_000, extensions }));
  const logOf = (key: Pair, baseUrl: string): object => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(spki(key)), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: base64(hash(spki(key))) },
  });
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(rekor, "https://rekor.example")],
    certificateAuthorities: [
      {
        subject: { organization: "example", commonName: "fulcio.example" },
        uri: "https://fulcio.example",
        certChain: { certificates: [{ rawBytes: base64(own) }] },
        validFor,
      },
    ],
    ctlogs: [logOf(ctLog, "https://ctlog.example")],
    timestampAuthorities: [],
  };
}

/** A job that attests, and what an attacker may do otherwise. */
export interface AttestedJob {
  readonly statement: object;
  readonly san: string;
  readonly extensions: Extensions;
  /** Unix seconds at which the certificate begins. */
  readonly from: number;
  /** Unix seconds at which Rekor says it took the entry; within the certificate's minutes unless told. */
  readonly logged?: number;
  readonly payloadType?: string;
}

/** A bundle as actions/attest-build-provenance writes it (v0.3). */
export function attestedBundle({
  statement,
  san,
  extensions,
  from,
  logged = from + 5,
  payloadType = inTotoPayloadType,
}: AttestedJob): object {
  const key = pair();
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = signed(key, preAuthenticationEncoding(payloadType, payload));
  const der = leaf(key, san, extensions, from);
  const pem = `-----BEGIN CERTIFICATE-----\n${base64(der)}\n-----END CERTIFICATE-----\n`;
  const body = Buffer.from(
    JSON.stringify({
      apiVersion: "0.0.1",
      kind: "dsse",
      spec: {
        envelopeHash: { algorithm: "sha256", value: hash(payload).toString("hex") },
        payloadHash: { algorithm: "sha256", value: hash(payload).toString("hex") },
        signatures: [{ signature: base64(sig), verifier: base64(Buffer.from(pem)) }],
      },
    }),
  );
  const root = hash(Buffer.from([0]), body);
  const logId = hash(spki(rekor));
  const note = `rekor.example - 1\n1\n${base64(root)}\n`;
  const signature = base64(Buffer.concat([logId.subarray(0, 4), signed(rekor, Buffer.from(note))]));
  const promised = { body: base64(body), integratedTime: logged, logID: logId.toString("hex"), logIndex: 0 };
  const tlogEntry = {
    logIndex: "0",
    logId: { keyId: base64(logId) },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: String(logged),
    inclusionPromise: { signedEntryTimestamp: base64(signed(rekor, Buffer.from(JSON.stringify(promised)))) },
    inclusionProof: {
      logIndex: "0",
      rootHash: base64(root),
      treeSize: "1",
      hashes: [],
      checkpoint: { envelope: `${note}\n\u2014 rekor.example ${signature}\n` },
    },
    canonicalizedBody: base64(body),
  };
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { tlogEntries: [tlogEntry], timestampVerificationData: {}, certificate: { rawBytes: base64(der) } },
    dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(sig) }] },
  };
}
