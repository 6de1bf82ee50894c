// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { GrantDetails } from "@countersign/federation/details";
import { proofKey } from "@countersign/federation/dpop";
import { grantHeaders } from "@countersign/federation/exchange";
import { signGrant } from "@countersign/federation/grant";
import { startIssuer } from "@countersign/federation/issuer.test-support";
import { issuerKeys } from "@countersign/federation/issuer-keys";
import { githubClaims, githubPin } from "@countersign/federation/jobs.test-support";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { attestationIn } from "@countersign/trust/build/attestation";
import type { BuilderRule } from "@countersign/trust/build/builder-rule";
import { certificateName, signedCertificate } from "@countersign/trust/build/certificate";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { judge } from "@countersign/trust/check";
import { decode, decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import { keyidOf } from "@countersign/trust/key";
import { type ChannelRules, policy as policyDecoder } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { codeOf, ledger, must, person, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import { attest, type Build } from "../attest.ts";
import { jobKey } from "../certified-key.ts";
import type { GrantUse } from "./grant-server.ts";
import { type Issuer, issue } from "./issue.ts";
import { issuerChecks } from "./issuer-checks.ts";
import { IssuerRecord } from "./record.ts";

const directory = mkdtempSync(join(tmpdir(), "issuer-"));
const platform = await startIssuer();
after(async () => {
  await platform[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** Our own name at govern and at the platform; the platform gives tokens for it and for another. */
const audience = "https://other.example";
const url = "http://127.0.0.1:7010/certificates";
const commit = githubClaims["sha"] ?? "";
const own = person("issuer");

/** The app of the job, built from main. */
const rule: BuilderRule = {
  id: "https://github.com/octo/app/.github/workflows/release.yml@refs/heads/main",
  keyid: own.keyid,
  certified: {
    seconds: 300,
    token: { ...githubPin(platform.issuer, audience), kind: "github-actions", commitClaim: "sha", runClaim: "run_id" },
  },
  buildType: "https://actions.github.io/buildtypes/workflow/v1",
  source: "git+https://github.com/octo/app",
  ref: "refs/heads/main",
  repositoryId: "1234567",
  ownerId: "98765",
  runnerEnvironment: "github-hosted",
  eventName: "push",
  parameters: { workflow: ".github/workflows/release.yml" },
};

function policyWith(trusted: readonly object[]): ReturnType<typeof policyOf> {
  const usual = policyOf();
  const channels = Object.entries(usual.channels).map(([name, rules]) => [name, { ...rules, builders: { quorum: 1, trusted } }]);
  const holders = { ...usual.holders, [own.keyid]: { key: own.key, holder: "issuer", owner: "ines" } };
  return must(decode(policyDecoder, { ...usual, holders, channels: Object.fromEntries(channels) }, "policy"));
}

const governKey = await proofKey();
const governSigner = { alg: "ES256", kid: "govern-1", sign: governKey.sign } as const;
const governUrl = "https://govern.example";
let closedWindows: readonly string[] = [];

/** Grants whose window is open may be used; which are, only govern knows. */
async function use({ grant }: GrantUse): Promise<Outcome<unknown>> {
  const [, body = ""] = grant.split(".");
  const { window } = JSON.parse(Buffer.from(body, "base64url").toString()).authorization_details[0];
  return closedWindows.includes(window) ? refuse("window-closed", "an open window", window, "Open one.") : accept(undefined);
}

let files = 0;
function issuerWith(change: Partial<Issuer> = {}, log: TestLog = new TestLog()): Issuer {
  files += 1;
  return {
    key: own,
    audience,
    policy: async () => accept(policyWith([rule])),
    platforms: issuerKeys(fetch, Date.now),
    govern: { issuer: governUrl, keys: async () => accept([{ ...governKey.jwk, kid: "govern-1", alg: "ES256" }]), use },
    ledger: {
      append: async (entry) => {
        const now = Math.floor(Date.now() / 1000);
        return accept({ index: 0, proof: await log.prove(entry, [now, now]) });
      },
    },
    record: new IssuerRecord(join(directory, `${files}.sqlite`)),
    certificatesPerHour: 60,
    now: Date.now,
    checks: issuerChecks,
    ...change,
  };
}

/** What a job may do otherwise than an honest one. */
interface Job {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly tokenFor?: string;
  readonly token?: string;
  readonly request?: object;
  readonly details?: Partial<GrantDetails>;
  readonly grantFor?: string;
  readonly key?: Awaited<ReturnType<typeof jobKey>>;
  readonly signer?: Awaited<ReturnType<typeof jobKey>>;
  /** Whose grant it has, if not its own. */
  readonly thumbprint?: string;
  readonly grant?: string;
  readonly govern?: typeof governSigner;
}

async function asks(job: Job = {}): Promise<Parameters<typeof issue>[0]> {
  const key = job.key ?? (await jobKey());
  const token = job.token ?? (await platform.token({ audience: job.tokenFor ?? audience, claims: { ...githubClaims, ...job.claims } }));
  const said = { _type: "certificate-request", spec: "countersign/1", channel: "stable", builder: rule.id, version: "1.0.0" };
  const body = documentBytes(await signDocument({ ...said, key: key.key, token, ...job.request }, [job.signer ?? key]));
  const dpop = await proofKey();
  const now = Math.floor(Date.now() / 1000);
  const details: GrantDetails = {
    type: "countersign",
    window: "w1",
    duty: "build",
    channel: "stable",
    digest: commit,
    uses: 1,
    ...job.details,
  };
  const grant =
    job.grant ??
    (await signGrant(
      {
        iss: governUrl,
        aud: job.grantFor ?? audience,
        sub: "hello-build",
        client_id: "hello-build",
        iat: now,
        exp: now + 300,
        jti: randomUUID(),
        cnf: { jkt: job.thumbprint ?? dpop.thumbprint },
        act: { sub: "a job", recorded: {} },
        authorization_details: [details],
      },
      job.govern ?? governSigner,
    ));
  return { body, url, ...(await grantHeaders({ grant, key: dpop }, { method: "POST", url }, { now: Date.now, id: randomUUID })) };
}

async function answer(job: Job = {}, issuer: Issuer = issuerWith()): Promise<string> {
  return codeOf((await issue(await asks(job), issuer)).outcome);
}

test("a job's key is certified for the build that its token names, and what it signs is what devices accept", async () => {
  const log = new TestLog();
  const issuer = issuerWith({}, log);
  const key = await jobKey();
  const { outcome, verdicts } = await issue(await asks({ key }), issuer);
  const bytes = must(outcome);
  const certificate = must(decodeBytes(signedCertificate, bytes, "certificate"));
  assert.deepEqual(certificate.signed.key, key.key);
  assert.deepEqual([certificate.signed.commit, certificate.signed.runId], [commit, "7"]);
  assert.equal(certificate.signed.notAfter - certificate.signed.notBefore, 300);
  assert.ok(verdicts.some(({ check }) => check === "pin/repository_id") && verdicts.every(({ refusal }) => refusal === undefined));
  const recorded = issuer.record.document(certificateName(certificate));
  assert.equal(recorded, Buffer.from(certificate.message).toString());

  const { builder, buildType, source, ref, repositoryId, ownerId, runnerEnvironment, eventName, parameters } = certificate.signed;
  const facts = { ref, repositoryId, ownerId, runnerEnvironment, eventName };
  const artifacts = [{ name: "hello", sha256: statementOf().artifacts[0]?.sha256 ?? sha256(new Uint8Array()) }];
  const build: Build = { artifacts, builderId: builder, buildType, source, commit, parameters, ...facts };
  const file = await attest({ ...build, key: { ...key, certificate: { signatures: certificate.signatures, signed: certificate.signed } } });
  const now = Math.floor(Date.now() / 1000);
  const proof = await log.prove({ type: "provenance", digest: sha256(file) }, [now, now]);
  const attestation = must(attestationIn(file, proof));
  const policy = policyWith([rule]);
  const rules = policy.channels["stable"] as ChannelRules;
  const candidate = statementOf({ provenance: [attestation.envelope.digest] });
  const judged = judge({ candidate, attestations: [attestation], policy, rules, ledger }, provenanceChecks);
  assert.equal(codeOf(judged.outcome), "accepted");
});

test("attack: a stolen CI token of another repository, owner, ref, event, environment, runner or workflow", async () => {
  const claims: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "repository-id-differs": { repository_id: "700001" },
    "repository-owner-id-differs": { repository_owner_id: "666" },
    "ref-differs": { ref: "refs/heads/evil" },
    "event-name-differs": { event_name: "pull_request_target" },
    "environment-missing": { environment: undefined },
    "runner-environment-differs": { runner_environment: "self-hosted" },
    "workflow-ref-differs": { workflow_ref: "octo/app/.github/workflows/evil.yml@refs/heads/main" },
    "job-workflow-ref-differs": { job_workflow_ref: "evil/app/.github/workflows/release.yml@refs/heads/main" },
    "ref-protected-differs": { ref_protected: "false" },
  };
  for (const [code, change] of Object.entries(claims)) assert.equal(await answer({ claims: change }), code);
});

test("attack: a token that was changed, that somebody else signed, or that is none", async () => {
  const token = await platform.token({ audience, claims: githubClaims });
  const [head = "", body = "", signature = ""] = token.split(".");
  const claims = { ...JSON.parse(Buffer.from(body, "base64url").toString()), sha: "c".repeat(40) };
  const changed = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
  assert.equal(await answer({ token: changed }), "token-signature-invalid");
  assert.equal(await answer({ token: "x" }), "token-malformed");
});

test("attack: a stolen govern gives a grant for whatever it likes, and has no token of the platform for the issuer", async () => {
  const theirs = await startIssuer();
  const token = await theirs.token({ audience, claims: githubClaims });
  await theirs[Symbol.asyncDispose]();
  assert.equal(await answer({ token }), "token-issuer-differs");
  assert.equal(await answer({ tokenFor: "https://govern.example" }), "token-audience-differs"); // the one that was exchanged there
});

test("attack: a job without a grant, with one for another commit, channel, duty or server, a stolen one, or one that somebody else signed", async () => {
  assert.equal(await answer({ details: { digest: "c".repeat(40) } }), "grant-for-another-digest");
  assert.equal(await answer({ details: { channel: "beta" } }), "grant-for-another-channel");
  assert.equal(await answer({ details: { duty: "propose", digest: "c".repeat(64) } }), "grant-for-another-duty");
  assert.equal(await answer({ grantFor: "https://publish.example" }), "grant-audience-differs");
  assert.equal(await answer({ thumbprint: (await proofKey()).thumbprint }), "grant-of-another-key");
  assert.equal(await answer({ govern: { ...governSigner, sign: (await proofKey()).sign } }), "grant-signature-invalid");
  const { authorization: _, ...bare } = await asks();
  assert.equal(codeOf((await issue({ ...bare, authorization: undefined }, issuerWith())).outcome), "grant-missing");
  const { dpop: __, ...unproven } = await asks();
  assert.equal(codeOf((await issue({ ...unproven, dpop: undefined }, issuerWith())).outcome), "proof-missing");
});

test("a grant whose window was closed certifies nothing", async () => {
  closedWindows = ["w1"];
  assert.equal(await answer(), "window-closed");
  closedWindows = [];
  assert.equal(await answer(), "accepted");
});

test("attack: a key that the asker does not have, that was certified before, or that stands in the policy", async () => {
  assert.equal(await answer({ signer: await jobKey() }), "key-not-possessed");
  const issuer = issuerWith();
  const key = await jobKey();
  assert.equal(await answer({ key }, issuer), "accepted");
  assert.equal(await answer({ key }, issuer), "key-not-new");
  const { alice } = people;
  assert.equal(await answer({ key: { ...alice, keyid: keyidOf(alice.key) } }), "key-not-new");
});

test("attack: one token twice, one after the other and at once, also after the issuer was started again", async () => {
  const issuer = issuerWith();
  const token = await platform.token({ audience, claims: githubClaims });
  const answers = await Promise.all([1, 2, 3].map(() => answer({ token }, issuer)));
  assert.deepEqual(answers.sort(), ["accepted", "token-used", "token-used"]);
  const file = join(directory, `${files}.sqlite`);
  issuer.record.close();
  assert.equal(await answer({ token }, issuerWith({ record: new IssuerRecord(file) })), "token-used");
});

test("a builder that the policy does not name, or for whose keys it names another issuer, is not certified", async () => {
  assert.equal(await answer({ request: { builder: "https://ci.example/other" } }), "builder-not-certified-here");
  assert.equal(await answer({ request: { channel: "beta" } }), "builder-not-certified-here");
  const second = person("second issuer");
  assert.equal(await answer({}, issuerWith({ key: second })), "builder-not-certified-here");
  const { certified: _, ...standing } = rule;
  assert.equal(await answer({}, issuerWith({ policy: async () => accept(policyWith([standing])) })), "builder-not-certified-here");
});

test("a rule that pins too little for its platform, or whose pins mean another build than its facts, certifies nothing", async () => {
  const token = rule.certified?.token;
  const { environment: _, ...less } = token?.claims ?? {};
  const loose = { ...rule, certified: { seconds: 300, token: { ...token, claims: less } } };
  assert.equal(await answer({}, issuerWith({ policy: async () => accept(policyWith([loose])) })), "malformed-document");
  const torn = { ...rule, repositoryId: "5" };
  assert.equal(await answer({}, issuerWith({ policy: async () => accept(policyWith([torn])) })), "facts-differ");
});

test("the version fills the rule: a job of one tag is not certified for another", async () => {
  const tagged = { ref: "refs/tags/v1.0.0", ref_type: "tag", workflow_ref: "octo/app/.github/workflows/release.yml@refs/tags/v1.0.0" };
  const pattern = (text: string): string => text.replaceAll("1.0.0", "{version}");
  const claims = Object.fromEntries(Object.entries(tagged).map(([name, value]) => [name, pattern(value)]));
  const token = rule.certified?.token;
  const certified = { seconds: 300, token: { ...token, claims: { ...token?.claims, ...claims } } };
  const policy = policyWith([{ ...rule, id: "https://github.com/octo/app@{version}", ref: "refs/tags/v{version}", certified }]);
  const issuer = (): Issuer => issuerWith({ policy: async () => accept(policy) });
  assert.equal(await answer({ claims: tagged, request: { builder: "https://github.com/octo/app@1.0.0" } }, issuer()), "accepted");
  const other = { builder: "https://github.com/octo/app@1.0.1", version: "1.0.1" };
  assert.equal(await answer({ claims: tagged, request: other }, issuer()), "ref-differs");
});

test("a token without a commit or a run is for no build", async () => {
  assert.equal(await answer({ claims: { sha: undefined } }), "commit-missing");
  assert.equal(await answer({ claims: { run_id: undefined } }), "run-missing");
});

test("attack: an issuer that is asked again and again stops at its ceiling", async () => {
  const issuer = issuerWith({ certificatesPerHour: 2 });
  assert.deepEqual(
    [await answer({}, issuer), await answer({}, issuer), await answer({}, issuer)],
    ["accepted", "accepted", "too-many-certificates"],
  );
});

test("without the ledger nothing is given away, and the token is used up", async () => {
  const down = async () => refuse("ledger-unavailable", "an answer of the ledger", "none", "Try again.");
  const issuer = issuerWith({ ledger: { append: down } });
  const token = await platform.token({ audience, claims: githubClaims });
  assert.equal(await answer({ token }, issuer), "ledger-unavailable");
  assert.equal(await answer({ token }, issuer), "token-used");
});
