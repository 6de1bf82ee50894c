// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "../canonical.ts";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { people, policyOf } from "../founding.test-support.ts";
import { type ChannelRules, policy as policyDecoder } from "../policy/policy.ts";
import { codeOf, digestOf, ledger, must, type Person, person, statementOf, TestLog } from "../simulator.test-support.ts";
import { type Attestation, type ProvenanceSubject, provenanceChecks } from "./checks.ts";
import { preAuthenticationEncoding, readDsse } from "./dsse.ts";
import { inTotoPayloadType, readProvenance } from "./provenance.ts";

const { alice, builder } = people;
const policy = must(decode(policyDecoder, policyOf(), "policy"));
const rules = policy.channels["stable"] as ChannelRules;
const artifact = digestOf("bytes");

interface Build {
  readonly subject?: readonly object[];
  readonly definition?: object;
  readonly builderId?: string;
}
const provenanceOf = ({ subject = [{ name: "hello", digest: { sha256: artifact } }], definition = {}, builderId }: Build = {}): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject,
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://ci.example/build/v1",
      externalParameters: { workflow: "release.yml" },
      resolvedDependencies: [{ uri: "git+https://git.example/hello", digest: { gitCommit: "0".repeat(40) } }],
      ...definition,
    },
    runDetails: { builder: { id: builderId ?? "https://ci.example/runner" } },
  },
});

async function dsseOf(payload: object, payloadType: string, ...signers: readonly Person[]): Promise<Uint8Array> {
  const bytes = servedBytes(payload);
  const signatures = [];
  for (const { keyid, sign } of signers)
    signatures.push({ keyid, sig: Buffer.from(await sign(preAuthenticationEncoding(payloadType, bytes))).toString("base64") });
  return servedBytes({ payloadType, payload: Buffer.from(bytes).toString("base64"), signatures });
}

async function attested(build: Build = {}, ...signers: readonly Person[]): Promise<Attestation> {
  const bytes = await dsseOf(provenanceOf(build), inTotoPayloadType, ...(signers.length > 0 ? signers : [builder]));
  const envelope = must(readDsse(bytes));
  const proof = await new TestLog().prove({ type: "provenance", digest: sha256(bytes) }, [1, 1]);
  return { envelope, provenance: must(readProvenance(envelope)), proof };
}

async function code(attestations: readonly Attestation[], change: Partial<ProvenanceSubject> = {}): Promise<string> {
  const candidate = statementOf({ provenance: attestations.map(({ envelope }) => envelope.digest) });
  return codeOf(judge({ candidate, attestations, policy, rules, ledger, ...change }, provenanceChecks).outcome);
}

test("the pre-authentication encoding is that of the DSSE specification", () => {
  const encoded = preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));
  assert.equal(Buffer.from(encoded).toString(), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  assert.equal(Buffer.from(preAuthenticationEncoding("é", Buffer.from("é"))).toString(), "DSSEv1 2 é 2 é");
});

test("provenance by the trusted builder, of the agreed source in the agreed way", async () => {
  assert.equal(await code([await attested()]), "accepted");
});

test("attack: provenance by another key, an unsigned one, or one whose signature is over another payload", async () => {
  assert.equal(await code([await attested({}, alice)]), "builder-not-trusted");
  const [good, other] = [await attested(), await attested({ builderId: "other" })];
  assert.equal(await code([{ ...good, envelope: { ...good.envelope, payload: other.envelope.payload } }]), "builder-not-trusted");
  assert.equal(await code([{ ...good, envelope: { ...good.envelope, payloadType: "text/plain" } }]), "builder-not-trusted");
});

test("attack: provenance that differs in any one thing from what the policy says", async () => {
  const builds: Readonly<Record<string, Build>> = {
    "builder id": { builderId: "https://ci.example/other" },
    "build type": { definition: { buildType: "https://ci.example/build/v2" } },
    "extra parameter": { definition: { externalParameters: { workflow: "release.yml", debug: "true" } } },
    "extra parameter that every object has": { definition: { externalParameters: { workflow: "release.yml", toString: "x" } } },
    "missing parameter": { definition: { externalParameters: {} } },
    "other parameter": { definition: { externalParameters: { workflow: "evil.yml" } } },
    "other source": {
      definition: { resolvedDependencies: [{ uri: "git+https://git.example/evil", digest: { gitCommit: "0".repeat(40) } }] },
    },
  };
  for (const [difference, build] of Object.entries(builds))
    assert.equal(await code([await attested(build)]), "provenance-differs", difference);
});

test("attack: provenance of other bytes, or of some of the artifacts only", async () => {
  assert.equal(
    await code([await attested({ subject: [{ name: "hello", digest: { sha256: digestOf("evil") } }] })]),
    "artifact-not-attested",
  );
  const [one] = statementOf().artifacts;
  const attestation = await attested();
  assert.ok(one);
  const candidate = statementOf({
    provenance: [attestation.envelope.digest],
    artifacts: [one, { ...one, platform: "linux-arm64", sha256: digestOf("more") }],
  });
  assert.equal(await code([attestation], { candidate }), "artifact-not-attested");
});

test("attack: other provenance than the approved one, less of it, or none", async () => {
  const attestation = await attested();
  assert.equal(await code([attestation], { candidate: statementOf() }), "provenance-not-named");
  assert.equal(await code([], { candidate: statementOf({ provenance: [attestation.envelope.digest] }) }), "provenance-not-named");
  assert.equal(await code([], { candidate: statementOf({ provenance: [] }) }), "builder-not-trusted");
});

test("attack: one builder twice where two are asked for, in two envelopes or with two signatures", async () => {
  const second = person("second builder");
  const [rule] = rules.builders.trusted;
  assert.ok(rule);
  const trusted = [rule, { ...rule, id: "https://other.example/runner", keyid: second.keyid }];
  const twoRules = { ...rules, builders: { quorum: 2, trusted } };
  const holder = (owner: string) => ({ ...policy.holders, [second.keyid]: { key: second.key, holder: "second", owner } });
  const asked = (attestations: readonly Attestation[], owner = "second") =>
    code(attestations, { rules: twoRules, policy: { ...policy, holders: holder(owner) } });
  const [first, other] = [await attested(), await attested({ builderId: "https://other.example/runner" }, second)];
  assert.equal(await asked([first, other]), "accepted");
  assert.equal(await asked([first, other], "builder"), "builder-not-trusted");
  assert.equal(await asked([first, await attested({ subject: [{ name: "h", digest: { sha256: artifact } }] })]), "builder-not-trusted");
  assert.equal(await asked([await attested({}, builder, second)]), "builder-not-trusted");
  assert.equal(await asked([first, await attested({}, alice)]), "builder-not-trusted");
});

test("attack: one more provenance, of an unknown builder or of other bytes, beside a good one", async () => {
  const good = await attested();
  assert.equal(await code([good, await attested({}, alice)]), "builder-not-trusted");
  assert.equal(
    await code([good, await attested({ subject: [{ name: "hello", digest: { sha256: digestOf("evil") } }] })]),
    "artifact-not-attested",
  );
});

test("attack: provenance that was never made public, or under another type", async () => {
  const attestation = await attested();
  const proof = await new TestLog().prove({ type: "targets", digest: attestation.envelope.digest }, [1, 1]);
  assert.equal(await code([{ ...attestation, proof }]), "inclusion-unproven");
});

test("an envelope that is not DSSE over in-toto is refused", async () => {
  assert.equal(
    codeOf(readDsse(Buffer.from('{"payloadType":"x","payload":"e30","signatures":[{"keyid":"","sig":""}]}'))),
    "malformed-document",
  );
  assert.equal(codeOf(readDsse(Buffer.from('{"payloadType":"x","payload":"","signatures":[]}'))), "malformed-document");
  assert.equal(codeOf(readProvenance(must(readDsse(await dsseOf(provenanceOf(), "text/plain", builder))))), "payload-type");
  const empty = await dsseOf({ ...provenanceOf(), predicateType: "https://slsa.dev/provenance/v0.2" }, inTotoPayloadType, builder);
  assert.equal(codeOf(readProvenance(must(readDsse(empty)))), "malformed-document");
});
