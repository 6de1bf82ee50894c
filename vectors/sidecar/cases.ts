// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { servedBytes } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import { keyidOf, type PublicKey, verifySignature } from "@countersign/trust/key";
import { type Policy, policy as policyDecoder } from "@countersign/trust/policy/policy";
import type { PostQuantum } from "@countersign/trust/policy/post-quantum";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { sidecarChecks, sidecarMessage, sidecarPath } from "@countersign/trust/sidecar";
import { signDocument } from "@countersign/trust/simulator.test-support";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import { accepted, refused } from "../scene.ts";
import { textAt, type Vector, type VectorFile } from "../vector.ts";

interface Given {
  readonly role: string;
  readonly file: string;
  readonly sidecar: string | null;
  readonly policies: readonly unknown[];
}

const path = "sidecar/sidecar.json";

/** Somebody with an ML-DSA-44 key, the same in every run. */
interface Owner {
  readonly name: string;
  readonly key: PublicKey;
  readonly keyid: string;
  readonly privateKey: KeyObject;
}

function owner(name: string, seed: number): Owner {
  const pkcs8 = Buffer.concat([Buffer.from("3034020100300b060960864801650304031104228020", "hex"), Buffer.alloc(32, seed)]); // RFC 9881
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const jwk = createPublicKey(privateKey).export({ format: "jwk" }) as Record<string, unknown>;
  const spelled = Buffer.from(String(jwk["pub"]), "base64url").toString("hex");
  const key: PublicKey = { keytype: "ml-dsa", scheme: "ml-dsa-44", keyval: { public: spelled } };
  return { name, key, keyid: keyidOf(key), privateKey };
}

const [ann, ben, eve] = [owner("ann", 1), owner("ben", 2), owner("eve", 3)];
const base64 = (document: unknown): string => Buffer.from(servedBytes(document)).toString("base64");

function demanding(roles: PostQuantum["roles"], ...owners: readonly Owner[]): Policy {
  const holders = owners.map(({ name, key, keyid }) => [keyid, { key, holder: `pq-${name}`, owner: name }] as const);
  return policyOf({ postQuantum: { repository: "example", holders: Object.fromEntries(holders), roles } });
}

interface Signature {
  readonly keyid: string;
  readonly sig: string;
}

/** The signatures that the file on disk has: ML-DSA's differ each time, and one that fits is as good as a new one. */
const kept: Signature[] = (JSON.parse(textAt(path)) as readonly Vector<Given>[]).flatMap(({ given: { sidecar } }) =>
  signaturesIn(sidecar === null ? "{}" : Buffer.from(sidecar, "base64").toString()),
);

function signaturesIn(text: string): readonly Signature[] {
  const { signatures = [] } = JSON.parse(text) as { readonly signatures?: readonly Signature[] };
  return signatures;
}

function signature({ key, keyid, privateKey }: Owner, message: Uint8Array): Signature {
  const known = kept.find(({ sig }) => verifySignature(key, message, sig));
  const made = { keyid, sig: known?.sig ?? sign(null, message, privateKey).toString("hex") };
  if (known === undefined) kept.push(made);
  return made;
}

async function cases(): Promise<readonly Vector<Given>[]> {
  const fields = { _type: "targets", spec_version: "1.0.34", version: 7, expires: "2030-01-01T00:00:00Z", targets: {} };
  const { alice, bob } = people;
  const [file, later] = [await signDocument(fields, alice, bob), await signDocument({ ...fields, version: 8 }, alice, bob)];
  const both = { keyids: [ann.keyid, ben.keyid], threshold: 2 };
  const policy = demanding({ stable: both }, ann, ben);
  const signedFor = (repository: string, role: string, ...owners: readonly Owner[]): readonly Signature[] =>
    owners.map((each) => signature(each, sidecarMessage(repository, role, messageOf(file))));
  const signedBy = (role: string, ...owners: readonly Owner[]): readonly Signature[] => signedFor("example", role, ...owners);
  const sidecarOf = (signatures: readonly Signature[]): object => ({ _type: "sidecar", spec: "countersign/1", signatures });
  const given = (sidecar: object | null, change: Partial<Given> = {}): Given => ({
    role: "stable",
    file: base64(file),
    sidecar: sidecar === null ? null : base64(sidecar),
    policies: [policy],
    ...change,
  });
  const good = signedBy("stable", ann, ben);
  const [first] = good;
  if (first === undefined) throw new Error("nobody signed");
  const short = "sidecar-threshold-not-met";
  const theirs = demanding({ stable: { keyids: [eve.keyid], threshold: 1 } }, eve);
  const oneOwner = demanding({ stable: both }, ann, { ...ben, name: "ann" });
  return [
    accepted("the signatures that the policy demands", given(sidecarOf(good))),
    accepted("in another order, and one that nobody asked for", given(sidecarOf(signedBy("stable", eve, ben, ann)))),
    accepted("a role of which no policy demands a sidecar", given(null, { role: "targets" })),
    accepted("two policies, both content", given(sidecarOf(signedBy("stable", ann, ben, eve)), { policies: [policy, theirs] })),
    refused("attack: the sidecar is kept back", "sidecar-missing", given(null)),
    refused(
      "attack: a second policy demands nothing, the first one still does",
      "sidecar-missing",
      given(null, { policies: [policy, policyOf()] }),
    ),
    refused(
      "attack: a second policy names others, the first one is not content",
      short,
      given(sidecarOf(signedBy("stable", eve)), { policies: [policy, theirs] }),
    ),
    refused("one signature of two", short, given(sidecarOf(signedBy("stable", ann)))),
    refused("attack: a stranger in the place of an owner", short, given(sidecarOf(signedBy("stable", ann, eve)))),
    refused("attack: one signature under two key identifiers", short, given(sidecarOf([first, { ...first, keyid: ben.keyid }]))),
    refused(
      "attack: an owner's signature under a key identifier that nobody has",
      short,
      given(sidecarOf([first, ...good.slice(1).map((each) => ({ ...each, keyid: "f".repeat(64) }))])),
    ),
    refused("attack: the signatures of the next version", short, given(sidecarOf(good), { file: base64(later) })),
    refused("attack: the signatures for another repository", short, given(sidecarOf(signedFor("another", "stable", ann, ben)))),
    refused("attack: the signatures for another role", short, given(sidecarOf(signedBy("beta", ann, ben)))),
    refused(
      "attack: signatures over the bare message",
      short,
      given(sidecarOf([ann, ben].map((each) => signature(each, messageOf(file))))),
    ),
    refused(
      "a signature that is cut short",
      short,
      given(sidecarOf([first, ...good.slice(1).map((each) => ({ ...each, sig: each.sig.slice(2) }))])),
    ),
    refused("no signature", "malformed-document", given(sidecarOf([]))),
    refused("attack: one key signs twice", "malformed-document", given(sidecarOf([...good, first]))),
    refused("no hex", "malformed-document", given(sidecarOf([{ ...first, sig: "a signature" }]))),
    refused("half a byte", "malformed-document", given(sidecarOf([{ ...first, sig: first.sig.slice(1) }]))),
    refused("upper-case hex", "malformed-document", given(sidecarOf([{ ...first, sig: first.sig.toUpperCase() }]))),
    refused("a member that is not specified", "malformed-document", given({ ...sidecarOf(good), role: "stable" })),
    refused("another version of the format", "malformed-document", given({ ...sidecarOf(good), spec: "countersign/2" })),
    refused("a policy whose two keys have one owner", "malformed-document", given(sidecarOf(good), { policies: [oneOwner] })),
    refused(
      "a threshold of 0",
      "malformed-document",
      given(sidecarOf(good), { policies: [demanding({ stable: { ...both, threshold: 0 } }, ann, ben)] }),
    ),
    refused(
      "a policy that demands a sidecar of root",
      "malformed-document",
      given(sidecarOf(good), { policies: [demanding({ root: both }, ann, ben)] }),
    ),
  ];
}

function messageOf(file: unknown): Uint8Array {
  const read = readEnvelope((value) => value, servedBytes(file), "file");
  if (!read.ok) throw new Error(read.refusal.expected);
  return read.value.message;
}

async function answer({ role, file, sidecar, policies }: Given): Promise<Outcome<unknown>> {
  const read: Policy[] = [];
  for (const each of policies) {
    const decoded = decode(policyDecoder, each, "policy");
    if (!decoded.ok) return decoded;
    read.push(decoded.value);
  }
  const bytes = Buffer.from(file, "base64");
  const envelope = readEnvelope((value) => value, bytes, "file");
  if (!envelope.ok) return envelope;
  const served = async (asked: string): Promise<Outcome<Uint8Array | undefined>> =>
    accept(sidecar !== null && asked === sidecarPath(sha256(bytes)) ? Buffer.from(sidecar, "base64") : undefined);
  return (await sidecarStep(role, envelope.value, read, served, sidecarChecks)).outcome;
}

export const sidecarVectors: VectorFile<Given> = { path, cases, answer };
