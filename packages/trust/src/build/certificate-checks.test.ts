// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { servedBytes } from "../canonical.ts";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { people } from "../founding.test-support.ts";
import { type ChannelRules, policy as policyDecoder } from "../policy/policy.ts";
import { builtBy, deniableNames } from "../revocation/deniable.ts";
import { codeOf, digestOf, entryOf, ledger, must, person, statementOf, TestLog } from "../simulator.test-support.ts";
import { type Attestation, attestationIn } from "./attestation.ts";
import { certificateName } from "./certificate.ts";
import {
  certificateOf,
  certifiedFile,
  certifiedProvenance,
  certifiedRule,
  commit,
  issuer,
  jobKey,
  noon,
  policyTrusting,
} from "./certified.test-support.ts";
import { provenanceChecks } from "./checks.ts";
import { readDsse } from "./dsse.ts";

const { alice } = people;

async function attestedAt(file: Uint8Array, times: readonly number[] = [noon, noon]): Promise<Attestation> {
  return must(attestationIn(file, await new TestLog().prove({ type: "provenance", digest: sha256(file) }, times)));
}

async function judged(attestations: readonly Attestation[], given: object = policyTrusting()): Promise<string> {
  const policy = must(decode(policyDecoder, given, "policy"));
  const rules = policy.channels["stable"] as ChannelRules;
  const candidate = statementOf({ provenance: attestations.map(({ envelope }) => envelope.digest) });
  return codeOf(judge({ candidate, attestations, policy, rules, ledger }, provenanceChecks).outcome);
}

/** What is said of provenance whose certificate was changed so. */
const withCertificate = async (change: object): Promise<string> =>
  judged([await attestedAt(await certifiedFile(certifiedProvenance(), certificateOf(change)))]);

/** What is said of a file that may not be read at all. */
async function readOrJudged(file: Uint8Array): Promise<string> {
  const read = readDsse(file);
  return read.ok ? judged([await attestedAt(file)]) : codeOf(read);
}

test("provenance by a key that was made in the job, certified for minutes by the issuer that the policy names", async () => {
  assert.equal(await withCertificate({}), "accepted");
});

test("attack: a certificate that was copied from somebody's provenance, beside the thief's own signature", async () => {
  const thief = person("thief");
  const file = await certifiedFile(certifiedProvenance(), certificateOf(), { key: thief });
  assert.equal(await judged([await attestedAt(file)]), "builder-not-trusted");
});

test("attack: a certificate that the thief signed in the issuer's name, or in the name of another holder", async () => {
  const thief = person("thief");
  const certificate = certificateOf({ key: thief.key });
  const forged = await certifiedFile(certifiedProvenance(), certificate, { key: thief, signer: thief, keyid: issuer.keyid });
  assert.equal(await judged([await attestedAt(forged)]), "certificate-not-trusted");
  for (const keyid of [thief.keyid, alice.keyid]) {
    const other = await certifiedFile(certifiedProvenance(), certificate, { key: thief, signer: thief, keyid });
    assert.equal(await judged([await attestedAt(other)]), "builder-not-trusted", keyid);
  }
});

test("attack: a holder who builds nothing certifies a key", async () => {
  const file = await certifiedFile(certifiedProvenance(), certificateOf(), { signer: alice });
  assert.equal(await judged([await attestedAt(file)]), "builder-not-trusted");
});

test("attack: an issuer's own signature under provenance, without a certificate", async () => {
  const read = JSON.parse(Buffer.from(await certifiedFile(certifiedProvenance(), certificateOf(), { key: issuer })).toString());
  const bare = servedBytes({ ...read, signatures: read.signatures.map(({ sig }: { sig: string }) => ({ sig })) });
  assert.equal(await judged([await attestedAt(bare)]), "builder-not-trusted");
});

test("attack: a standing builder's certificate certifies nothing", async () => {
  const { certified: _, ...standing } = certifiedRule;
  const file = await certifiedFile(certifiedProvenance(), certificateOf());
  assert.equal(await judged([await attestedAt(file)], policyTrusting([standing])), "builder-not-trusted");
});

test("attack: a certificate for another build than the provenance tells, in any one thing", async () => {
  const changes: Readonly<Record<string, object>> = {
    commit: { commit: "1".repeat(40) },
    ref: { ref: "refs/heads/evil" },
    "no ref": { ref: undefined },
    source: { source: "git+https://git.example/evil" },
    "a repository deleted and made again": { repositoryId: "700001" },
    "no repository id": { repositoryId: undefined },
    "an owner that nobody pinned": { ownerId: "51022" },
    "a runner that nobody pinned": { runnerEnvironment: "self-hosted" },
    "an event that nobody pinned": { eventName: "pull_request_target" },
    builder: { builder: "https://ci.example/other" },
    "build type": { buildType: "https://ci.example/build/v2" },
    "one parameter more": { parameters: { workflow: "release.yml", debug: true } },
    "another parameter": { parameters: { workflow: "evil.yml" } },
    "no parameters": { parameters: {} },
    "another run": { runId: "88/2" },
  };
  for (const [what, change] of Object.entries(changes)) assert.equal(await withCertificate(change), "certificate-differs", what);
});

test("attack: certificate and provenance agree with each other, and not with the policy", async () => {
  const definition = { externalParameters: { workflow: "evil.yml" } };
  const certificate = certificateOf({ parameters: { workflow: "evil.yml" } });
  const file = await certifiedFile(certifiedProvenance({ definition }), certificate);
  assert.equal(await judged([await attestedAt(file)]), "provenance-differs");
  const policy = must(decode(policyDecoder, policyTrusting(), "policy"));
  const attestation = await attestedAt(file);
  const subject = {
    candidate: statementOf({ provenance: [attestation.envelope.digest] }),
    attestations: [attestation],
    policy,
    rules: policy.channels["stable"] as ChannelRules,
    ledger,
  };
  const checks = provenanceChecks.filter(({ name }) => name !== "provenance/definition");
  assert.equal(codeOf(judge(subject, checks).outcome), "certificate-differs");
});

test("provenance that does not say which run it was is refused where a certificate does", async () => {
  const provenance = certifiedProvenance() as { predicate: { runDetails: { metadata?: object } } };
  delete provenance.predicate.runDetails.metadata;
  assert.equal(await judged([await attestedAt(await certifiedFile(provenance, certificateOf()))]), "certificate-differs");
});

test("attack: a certificate for longer than the policy allows, or than any may be", async () => {
  const { certified } = certifiedRule;
  const strict = policyTrusting([{ ...certifiedRule, certified: { ...certified, seconds: 300 } }]);
  const file = async (seconds: number) => certifiedFile(certifiedProvenance(), certificateOf({ notAfter: noon - 60 + seconds }));
  assert.equal(await judged([await attestedAt(await file(300))], strict), "accepted");
  assert.equal(await judged([await attestedAt(await file(301))], strict), "certificate-too-long");
  assert.equal(await readOrJudged(await file(600)), "accepted");
  for (const seconds of [601, 0, -1, 86_400]) assert.equal(await readOrJudged(await file(seconds)), "malformed-document", `${seconds}`);
});

test("a policy cannot let keys live longer than ten minutes, nor one key both certify and build", () => {
  const { certified } = certifiedRule;
  const refusedFor = (rule: object): string => codeOf(decode(policyDecoder, policyTrusting([rule]), "policy"));
  assert.equal(refusedFor({ ...certifiedRule, certified: { ...certified, seconds: 601 } }), "malformed-document");
  assert.equal(refusedFor({ ...certifiedRule, certified: { ...certified, seconds: 0 } }), "malformed-document");
  assert.equal(refusedFor({ ...certifiedRule, certified: { seconds: 600 } }), "malformed-document");
  const { certified: _, ...standing } = certifiedRule;
  assert.equal(codeOf(decode(policyDecoder, policyTrusting([certifiedRule, standing]), "policy")), "malformed-document");
});

test("attack: a token rule with nothing pinned, an empty pin or a wildcard is no policy", () => {
  const token = certifiedRule.certified?.token;
  for (const change of [
    { claims: {} },
    { claims: { repository_id: "" } },
    { claims: { sub: "repo:octo/*" } },
    { audience: "" },
    { issuer: "https://*.example" },
    { commitClaim: undefined },
  ]) {
    const rule = { ...certifiedRule, certified: { seconds: 600, token: { ...token, ...change } } };
    assert.equal(codeOf(decode(policyDecoder, policyTrusting([rule]), "policy")), "malformed-document", JSON.stringify(change));
  }
});

test("attack: a key stolen from a job signs once its minutes are over, or before they began", async () => {
  const file = await certifiedFile(certifiedProvenance(), certificateOf());
  const at = async (time: number): Promise<string> => judged([await attestedAt(file, [time, time])]);
  assert.equal(await at(noon - 60), "accepted");
  assert.equal(await at(noon + 540), "accepted");
  assert.equal(await at(noon + 541), "certificate-not-valid-then");
  assert.equal(await at(noon - 61), "certificate-not-valid-then");
});

test("attack: one witness of three lies about the time, to make a dead key live", async () => {
  const file = await certifiedFile(certifiedProvenance(), certificateOf());
  assert.equal(await judged([await attestedAt(file, [noon, noon + 9000, noon + 9000])]), "certificate-not-valid-then");
});

test("for all times of two honest witnesses, provenance is accepted exactly if the later of them lies in the validity", async () => {
  const file = await certifiedFile(certifiedProvenance(), certificateOf());
  const time = fc.integer({ min: noon - 700, max: noon + 1200 });
  await fc.assert(
    fc.asyncProperty(time, time, async (first, second) => {
      const since = Math.max(first, second);
      const within = since >= noon - 60 && since <= noon + 540;
      const expected = within ? "accepted" : "certificate-not-valid-then";
      assert.equal(await judged([await attestedAt(file, [first, second])]), expected);
    }),
    { numRuns: 40 },
  );
});

test("attack: one issuer's two builders count as one owner, two issuers of different owners as two", async () => {
  const second = person("second issuer");
  const other = { ...certifiedRule, id: "https://other.example/runner", keyid: second.keyid };
  const secondKey = person("a key made in the second job");
  const certificate = certificateOf({ builder: other.id, key: secondKey.key, runId: "7/1" });
  const provenance = certifiedProvenance({ builder: other.id, runId: "7/1" });
  const first = await attestedAt(await certifiedFile(certifiedProvenance(), certificateOf()));
  const theirs = await attestedAt(await certifiedFile(provenance, certificate, { key: secondKey, signer: second }));
  const policy = policyTrusting([certifiedRule, other], 2, [second]);
  assert.equal(await judged([first, theirs], policy), "accepted");
  const ours = await attestedAt(await certifiedFile(provenance, certificate, { key: secondKey }));
  const alone = policyTrusting([certifiedRule, { ...other, keyid: issuer.keyid }, other], 2, [second]);
  assert.equal(await judged([first, ours], alone), "builder-not-trusted");
});

test("attack: of two builders, one built other bytes, and one certificate is used for both", async () => {
  const second = person("second issuer");
  const other = { ...certifiedRule, id: "https://other.example/runner", keyid: second.keyid };
  const policy = policyTrusting([certifiedRule, other], 2, [second]);
  const first = await attestedAt(await certifiedFile(certifiedProvenance(), certificateOf()));
  const evil = { ...certifiedProvenance({ builder: other.id }), subject: [{ name: "hello", digest: { sha256: digestOf("evil") } }] };
  const certificate = certificateOf({ builder: other.id });
  const lied = await attestedAt(await certifiedFile(evil, certificate, { signer: second }));
  assert.equal(await judged([first, lied], policy), "artifact-not-attested");
  assert.equal(await judged([first, first], policy), "builder-not-trusted");
});

test("a release can be denied by its issuer, the job's key, the certificate, or the commit", async () => {
  const attestation = await attestedAt(await certifiedFile(certifiedProvenance(), certificateOf()));
  const policy = must(decode(policyDecoder, policyTrusting(), "policy"));
  const release = await entryOf(statementOf({ provenance: [attestation.envelope.digest] }), []);
  const names = deniableNames(release, builtBy([attestation], [{ policy, rules: policy.channels["stable"] as ChannelRules }]));
  const [signature] = attestation.envelope.signatures;
  assert.ok(signature?.certificate);
  assert.deepEqual(names.builder, [issuer.keyid, jobKey.keyid, certificateName(signature.certificate)]);
  assert.ok(names.build.includes(commit));
});

test("attack: a certificate with two signatures, none, or a member that nobody knows", async () => {
  const file = JSON.parse(Buffer.from(await certifiedFile(certifiedProvenance(), certificateOf())).toString());
  const [signature] = file.signatures;
  const { signed, signatures } = signature.certificate;
  const changed = (certificate: object): string => codeOf(readDsse(servedBytes({ ...file, signatures: [{ ...signature, certificate }] })));
  assert.equal(changed(signature.certificate), "accepted");
  assert.equal(changed({ signed, signatures: [] }), "malformed-document");
  assert.equal(changed({ signed, signatures: [...signatures, { ...signatures[0], keyid: alice.keyid }] }), "malformed-document");
  assert.equal(changed({ signed: { ...signed, isCA: true }, signatures }), "malformed-document");
  assert.equal(changed({ signed, signatures, chain: [] }), "malformed-document");
});
