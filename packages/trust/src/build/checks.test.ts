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
import { type Attestation, attestationIn } from "./attestation.ts";
import { readAttested } from "./attested.ts";
import type { ProvenanceSubject } from "./builder.ts";
import type { BuilderRule } from "./builder-rule.ts";
import { provenanceChecks } from "./checks.ts";
import { preAuthenticationEncoding, readDsse } from "./dsse.ts";
import { inTotoPayloadType } from "./in-toto.ts";

const { alice, builder } = people;
const policy = must(decode(policyDecoder, policyOf(), "policy"));
const rules = policy.channels["stable"] as ChannelRules;
const artifact = digestOf("bytes");

interface Build {
  readonly subject?: readonly object[];
  readonly definition?: object;
  readonly builderId?: string;
}
const commit = "0".repeat(40);
const source = (uri: string, gitCommit = commit) => ({ resolvedDependencies: [{ uri, digest: { gitCommit } }] });
const provenanceOf = ({ subject = [{ name: "hello", digest: { sha256: artifact } }], definition = {}, builderId }: Build = {}): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject,
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://ci.example/build/v1",
      externalParameters: { workflow: "release.yml" },
      ...source("git+https://git.example/hello"),
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
  return must(attestationIn(bytes, await new TestLog().prove({ type: "provenance", digest: sha256(bytes) }, [1, 1])));
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
    "other source": { definition: source("git+https://git.example/evil") },
    "a ref that nobody agreed on": { definition: source("git+https://git.example/hello@refs/heads/evil") },
    "no source": { definition: { resolvedDependencies: [] } },
    "no commit": { definition: { resolvedDependencies: [{ uri: "git+https://git.example/hello" }] } },
    "a commit cut short": { definition: source("git+https://git.example/hello", "0123456") },
    "the source beside another one": {
      definition: {
        resolvedDependencies: [{ uri: "git+https://git.example/evil" }, ...source("git+https://git.example/hello").resolvedDependencies],
      },
    },
    "facts that nobody agreed on": { definition: { internalParameters: { runnerEnvironment: "self-hosted" } } },
    "a parameter of another type": { definition: { externalParameters: { workflow: ["release.yml"] } } },
  };
  for (const [difference, build] of Object.entries(builds))
    assert.equal(await code([await attested(build)]), "provenance-differs", difference);
});

/** As GitHub writes it, for a rule that pins all that GitHub states. */
const pinned: BuilderRule = {
  id: "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v{version}",
  keyid: builder.keyid,
  buildType: "https://actions.github.io/buildtypes/workflow/v1",
  source: "git+https://github.com/octo/hello",
  repositoryId: "634195",
  ownerId: "51022",
  ref: "refs/tags/v{version}",
  runnerEnvironment: "github-hosted",
  eventName: "push",
  parameters: {
    workflow: { ref: "refs/tags/v{version}", repository: "https://github.com/octo/hello", path: ".github/workflows/release.yml" },
  },
};
interface GitHubBuild {
  readonly github?: object;
  readonly workflow?: object;
  readonly uri?: string;
  readonly id?: string;
}
const gitHubBuild = ({ github, workflow, uri, id }: GitHubBuild = {}): Build => ({
  builderId: id ?? "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v1.0.0",
  definition: {
    buildType: pinned.buildType,
    externalParameters: {
      workflow: {
        path: ".github/workflows/release.yml",
        ref: "refs/tags/v1.0.0",
        repository: "https://github.com/octo/hello",
        ...workflow,
      },
    },
    internalParameters: {
      github: {
        event_name: "push",
        repository_id: "634195",
        repository_owner_id: "51022",
        runner_environment: "github-hosted",
        actor_id: "1",
        ...github,
      },
    },
    ...source(uri ?? "git+https://github.com/octo/hello@refs/tags/v1.0.0"),
  },
});
const underPinned = async (build: Build, rule: BuilderRule = pinned): Promise<string> =>
  code([await attested(build)], { rules: { ...rules, builders: { quorum: 1, trusted: [rule] } } });

test("GitHub's provenance, pinned by repository id, owner id, ref, workflow, event and runner", async () => {
  assert.equal(await underPinned(gitHubBuild()), "accepted");
  const said = { repositoryId: "634195", ownerId: "51022", runnerEnvironment: "github-hosted", eventName: "push" };
  const own = gitHubBuild();
  assert.equal(await underPinned({ ...own, definition: { ...own.definition, internalParameters: said } }), "accepted");
});

test("attack: a repository deleted and made again, moved to another owner, or built by another event, ref, runner or workflow", async () => {
  const builds: Readonly<Record<string, GitHubBuild>> = {
    "re-created repository": { github: { repository_id: "700001" } },
    "another owner": { github: { repository_owner_id: "666" } },
    pull_request_target: { github: { event_name: "pull_request_target" } },
    "self-hosted runner": { github: { runner_environment: "self-hosted" } },
    "missing runner": { github: { runner_environment: undefined } },
    "missing repository id": { github: { repository_id: undefined } },
    "another ref": { uri: "git+https://github.com/octo/hello@refs/heads/evil" },
    "the tag of another version": { uri: "git+https://github.com/octo/hello@refs/tags/v1.0.1" },
    "no ref": { uri: "git+https://github.com/octo/hello" },
    "a ref that only starts so": { uri: "git+https://github.com/octo/hello@refs/tags/v1.0.0-evil" },
    "another workflow": { workflow: { path: ".github/workflows/evil.yml" } },
    "one more parameter, deep inside": { workflow: { debug: true } },
    "one less, deep inside": { workflow: { ref: undefined } },
    "another builder": { id: "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v1.0.1" },
  };
  for (const [difference, build] of Object.entries(builds))
    assert.equal(await underPinned(gitHubBuild(build)), "provenance-differs", difference);
});

test("attack: what a rule does not mention, the platform must not state", async () => {
  for (const field of ["repositoryId", "ownerId", "ref", "runnerEnvironment", "eventName"] as const)
    assert.equal(await underPinned(gitHubBuild(), { ...pinned, [field]: undefined }), "provenance-differs", field);
});

test("attack: facts told twice, once for each reader, and facts that are no text", async () => {
  const definitions = [
    { github: {}, repositoryId: "634195" },
    { github: { repository_id: 634195 } },
    { repositoryId: ["634195"] },
    { github: "x" },
  ];
  for (const internalParameters of definitions) {
    const bytes = await dsseOf(provenanceOf({ definition: { internalParameters } }), inTotoPayloadType, builder);
    assert.equal(codeOf(readAttested(must(readDsse(bytes)))), "malformed-document");
  }
});

test("a key may sign for two workflows, each with a rule of its own, and what it signs fits one of them whole", async () => {
  const other: BuilderRule = { ...pinned, id: "https://ci.example/runner", source: "git+https://git.example/other" };
  for (const trusted of [
    [other, pinned],
    [pinned, other],
  ])
    assert.equal(await code([await attested(gitHubBuild())], { rules: { ...rules, builders: { quorum: 1, trusted } } }), "accepted");
  const mixed = { ...pinned, repositoryId: undefined };
  const half = { ...pinned, ref: undefined };
  const trusted = [mixed, half];
  const change = { rules: { ...rules, builders: { quorum: 1, trusted } } };
  assert.equal(
    await code([await attested(gitHubBuild({ github: { repository_id: undefined }, uri: "git+https://github.com/octo/hello" }))], change),
    "provenance-differs",
  );
});

test("attack: two builders who were given two commits", async () => {
  const second = person("second builder");
  const [rule] = rules.builders.trusted;
  assert.ok(rule);
  const trusted = [rule, { ...rule, id: "https://other.example/runner", keyid: second.keyid }];
  const holders = { ...policy.holders, [second.keyid]: { key: second.key, holder: "second", owner: "second" } };
  const change = { rules: { ...rules, builders: { quorum: 2, trusted } }, policy: { ...policy, holders } };
  const build = { builderId: "https://other.example/runner" };
  assert.equal(await code([await attested(), await attested(build, second)], change), "accepted");
  const definition = source("git+https://git.example/hello", "1".repeat(40));
  assert.equal(await code([await attested(), await attested({ ...build, definition }, second)], change), "commits-differ");
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

test("a DSSE signature needs no key identifier, which is a hint", async () => {
  const { envelope } = await attested();
  const [first] = envelope.signatures;
  assert.ok(first);
  const bytes = servedBytes({
    payloadType: envelope.payloadType,
    payload: Buffer.from(envelope.payload).toString("base64"),
    signatures: [{ sig: Buffer.from(first.sig).toString("base64") }],
  });
  const proof = await new TestLog().prove({ type: "provenance", digest: sha256(bytes) }, [1, 1]);
  assert.equal(await code([must(attestationIn(bytes, proof))]), "accepted");
});

test("an envelope that is not DSSE over in-toto is refused", async () => {
  assert.equal(
    codeOf(readDsse(Buffer.from('{"payloadType":"x","payload":"e30","signatures":[{"keyid":"","sig":""}]}'))),
    "malformed-document",
  );
  assert.equal(codeOf(readDsse(Buffer.from('{"payloadType":"x","payload":"","signatures":[]}'))), "malformed-document");
  assert.equal(codeOf(readAttested(must(readDsse(await dsseOf(provenanceOf(), "text/plain", builder))))), "payload-type");
  const empty = await dsseOf({ ...provenanceOf(), predicateType: "https://slsa.dev/provenance/v0.2" }, inTotoPayloadType, builder);
  assert.equal(codeOf(readAttested(must(readDsse(empty)))), "malformed-document");
});
