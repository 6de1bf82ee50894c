// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { directoryStore } from "@countersign/repository/directory-store";
import { attestationIn } from "@countersign/trust/build/attestation";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { servedBytes } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { policyOf } from "@countersign/trust/founding.test-support";
import { type ChannelRules, type Policy, policy as policyDecoder } from "@countersign/trust/policy/policy";
import { accept } from "@countersign/trust/refusal";
import { codeOf, digestOf, ledger, must, person, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import { readTrustedRoot } from "./bundle.ts";
import { bundleChecks } from "./bundle-checks.ts";
import { readBundlePolicy } from "./bundle-policy.ts";
import { artifact, bundlePolicy, commit, job, now, pinnedBytes, rootBytes, ruleOf, statement, workflow } from "./job.test-support.ts";
import { VerifierRecord } from "./record.ts";
import { type AttestedJob, attestedBundle } from "./sigstore.test-support.ts";
import { type Verifying, type VouchRequest, vouch } from "./vouch.ts";

const directory = mkdtempSync(join(tmpdir(), "verifier-"));
after(() => rmSync(directory, { recursive: true }));

const verifier = person("verifier");
const rule = ruleOf(verifier.keyid);

function policyTrusting(rules: readonly object[]): Policy {
  const usual = policyOf();
  const channels = Object.entries(usual.channels).map(([name, each]) => [name, { ...each, builders: { quorum: 1, trusted: rules } }]);
  const holders = { ...usual.holders, [verifier.keyid]: { key: verifier.key, holder: "verifier", owner: "vera" } };
  return must(decode(policyDecoder, { ...usual, holders, channels: Object.fromEntries(channels) }, "policy"));
}

let states = 0;
function verifyingWith(change: Partial<Verifying> = {}, log = new TestLog()): Verifying {
  states += 1;
  return {
    key: verifier,
    policy: async () => accept(policyTrusting([rule])),
    pinned: must(readBundlePolicy(pinnedBytes)),
    trustedRoot: { material: must(readTrustedRoot(rootBytes)), digest: sha256(rootBytes) },
    store: directoryStore(join(directory, `store-${states}`)),
    ledger: { append: async (entry) => accept({ index: 0, proof: await log.prove(entry, [now / 1000 + 1, now / 1000 + 1]) }) },
    record: new VerifierRecord(join(directory, `${states}.sqlite`)),
    summariesPerHour: 60,
    now: () => now,
    checks: bundleChecks,
    ...change,
  };
}

const asked = (bundle: object, change: Partial<VouchRequest> = {}): VouchRequest => ({
  channel: "stable",
  version: "1.0.0",
  artifacts: [{ name: "hello.tar.zst", sha256: artifact }],
  bundle: Buffer.from(JSON.stringify(bundle)),
  ...change,
});

/** What the verifier says to a bundle of a job that was like this. */
async function answer(
  change: Partial<AttestedJob> = {},
  request: Partial<VouchRequest> = {},
  verifying = verifyingWith(),
): Promise<string> {
  return codeOf((await vouch(asked(attestedBundle({ ...job, ...change }), request), verifying)).outcome);
}

test("a bundle as GitHub issues them is vouched for, offline, and devices take the summary in the place of a builder's provenance", async () => {
  const verifying = verifyingWith();
  const request = asked(attestedBundle(job));
  const { outcome } = await vouch(request, verifying);
  const digest = must(outcome);
  const store = directoryStore(join(directory, `store-${states}`));
  const file = (await store.read(`provenance/${digest}`)) ?? new Uint8Array();
  const proof = Buffer.from((await store.read(`proofs/${digest}.tlog-proof`)) ?? []).toString();
  const attestation = must(attestationIn(file, proof));
  const policy = policyTrusting([rule]);
  const rules = policy.channels["stable"] as ChannelRules;
  const candidate = statementOf({ provenance: [digest] });
  assert.equal(codeOf(judge({ candidate, attestations: [attestation], policy, rules, ledger }, provenanceChecks).outcome), "accepted");
  assert.ok(Buffer.from(request.bundle).equals((await store.read(`bundles/${sha256(request.bundle)}`)) ?? new Uint8Array()));
});

test("attack: a certificate of another workflow, repository, owner, ref, event or runner, or without one of the facts", async () => {
  for (const number of [8, 9, 11, 12, 14, 15, 17, 18, 20]) {
    assert.equal(await answer({ extensions: { ...job.extensions, [number]: "evil" } }), "certificate-differs", String(number));
    const { [number]: _, ...fewer } = job.extensions;
    assert.equal(await answer({ extensions: fewer }), "certificate-differs", `without ${number}`);
  }
  assert.equal(
    await answer({ san: "https://github.com/evil/hello/.github/workflows/release.yml@refs/tags/v1.0.0" }),
    "certificate-differs",
  );
});

test("attack: a workflow whose name only has the pinned one in it, which a pattern would take", async () => {
  assert.equal(await answer({ san: `${workflow}-evil` }), "certificate-differs");
  assert.equal(await answer({ san: `https://evil.example/?${workflow}` }), "certificate-differs");
  assert.equal(await answer({ san: workflow.replaceAll(".", "x") }), "certificate-differs");
});

test("attack: a bundle of one version for another", async () => {
  assert.equal(await answer({}, { version: "1.0.1" }), "certificate-differs");
});

test("attack: other bytes, or none", async () => {
  assert.equal(await answer({}, { artifacts: [{ name: "hello", sha256: digestOf("evil") }] }), "artifact-not-attested");
  assert.equal(await answer({}, { artifacts: [] }), "artifact-not-attested");
});

test("attack: provenance that tells another build than the job's certificate: source, parameters, commit, run", async () => {
  const elsewhere = [{ uri: "git+https://github.com/evil/hello@refs/tags/v1.0.0", digest: { gitCommit: commit } }];
  assert.equal(await answer({ statement: statement({ definition: { resolvedDependencies: elsewhere } }) }), "provenance-differs");
  assert.equal(await answer({ statement: statement({ definition: { externalParameters: {} } }) }), "provenance-differs");
  const later = [{ uri: "git+https://github.com/octo/hello@refs/tags/v1.0.0", digest: { gitCommit: "6".repeat(40) } }];
  assert.equal(await answer({ statement: statement({ definition: { resolvedDependencies: later } }) }), "builds-differ");
  assert.equal(
    await answer({ statement: statement({ runId: "https://github.com/octo/hello/actions/runs/2/attempts/1" }) }),
    "builds-differ",
  );
  const { 13: _, ...uncertified } = job.extensions;
  assert.equal(await answer({ extensions: uncertified }), "builds-differ");
});

test("attack: a key used after the minutes of its certificate, a bundle that was changed, or one without an entry in the log", async () => {
  assert.equal(await answer({ logged: job.from + 601 }), "bundle-not-verified");
  type Shape = { dsseEnvelope: { payload: string }; verificationMaterial: { tlogEntries: { canonicalizedBody: string }[] } };
  const broken = async (change: (bundle: Shape) => void): Promise<string> => {
    const bundle = attestedBundle(job) as Shape;
    change(bundle);
    return codeOf((await vouch(asked(bundle), verifyingWith())).outcome);
  };
  const other = Buffer.from(JSON.stringify({ ...statement(), more: true })).toString("base64");
  const changed = await broken((bundle) => {
    bundle.dsseEnvelope.payload = other;
  });
  assert.equal(changed, "bundle-not-verified");
  const unlogged = await broken((bundle) => {
    bundle.verificationMaterial.tlogEntries = [];
  });
  assert.ok(["bundle-not-verified", "bundle-malformed"].includes(unlogged), unlogged);
});

test("attack: a bundle under a CA of the attacker's own, or a verifier that was given another trusted root than is pinned", async () => {
  const seeds = createRequire(import.meta.url)("@sigstore/tuf/seeds.json") as Record<string, { targets: Record<string, string> }>;
  const real = Buffer.from(seeds["https://tuf-repo-cdn.sigstore.dev"]?.targets["trusted_root.json"] ?? "", "base64");
  const material = must(readTrustedRoot(real));
  assert.equal(await answer({}, {}, verifyingWith({ trustedRoot: { material, digest: sha256(rootBytes) } })), "bundle-not-verified");
  assert.equal(await answer({}, {}, verifyingWith({ trustedRoot: { material, digest: sha256(real) } })), "trusted-root-differs");
});

test("attack: a verifier whose bundle policy is not the one that the signed policy names, or whom it does not name", async () => {
  const lax = { ...bundlePolicy, levels: ["SLSA_BUILD_LEVEL_3"] };
  assert.equal(await answer({}, {}, verifyingWith({ pinned: must(readBundlePolicy(servedBytes(lax))) })), "verifier-not-trusted");
  assert.equal(await answer({}, {}, verifyingWith({ key: person("stranger") })), "verifier-not-trusted");
  assert.equal(await answer({}, { channel: "beta" }), "verifier-not-trusted");
});

test("a bundle policy that leaves a pin out, has an empty one, or a wildcard is refused", () => {
  for (const [fact, value] of Object.entries(bundlePolicy.certificate)) {
    const { [fact as keyof typeof bundlePolicy.certificate]: _, ...fewer } = bundlePolicy.certificate;
    for (const certificate of [fewer, { ...fewer, [fact]: "" }, { ...fewer, [fact]: `${value}*` }])
      assert.equal(codeOf(readBundlePolicy(servedBytes({ ...bundlePolicy, certificate }))), "malformed-document", fact);
  }
});

test("what is no bundle, holds no provenance, or names its artifacts by another digest is refused", async () => {
  const code = async (bundle: unknown): Promise<string> => codeOf((await vouch(asked(bundle as object), verifyingWith())).outcome);
  assert.equal(await code({}), "bundle-malformed");
  assert.equal(await code([]), "bundle-malformed");
  assert.equal(await answer({ payloadType: "text/plain" }), "payload-type");
  assert.equal(await answer({ statement: { ...statement(), predicateType: "https://spdx.dev/Document" } }), "malformed-document");
  assert.equal(await answer({ statement: statement({ subject: [{ name: "hello", digest: { sha512: "00" } }] }) }), "malformed-document");
});

test("attack: a verifier that is asked again and again stops at its ceiling", async () => {
  const verifying = verifyingWith({ summariesPerHour: 1 });
  assert.deepEqual([await answer({}, {}, verifying), await answer({}, {}, verifying)], ["accepted", "too-many-summaries"]);
});
