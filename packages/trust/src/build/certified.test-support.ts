// SPDX-License-Identifier: Apache-2.0
// A build in a CI job whose key an issuer certified, for the tests of several rooms.

import { servedBytes } from "../canonical.ts";
import { people, policyOf } from "../founding.test-support.ts";
import type { Policy } from "../policy/policy.ts";
import { digestOf, type Person, person, signDocument } from "../simulator.test-support.ts";
import type { BuilderRule } from "./builder-rule.ts";
import type { BuildCertificate } from "./certificate.ts";
import { preAuthenticationEncoding } from "./dsse.ts";
import { inTotoPayloadType } from "./in-toto.ts";

/** The issuer stands where the builder stands in the usual policy; the job's key stands nowhere. */
export const issuer: Person = people.builder;
export const jobKey: Person = person("a key made in the job");

/** When the key was certified, and when the entry of what it signed is witnessed. */
export const noon: number = Date.parse("2026-06-01T12:00:00Z") / 1000;

export const commit: string = "0".repeat(40);

export const certifiedRule: BuilderRule = {
  id: "https://ci.example/runner",
  keyid: issuer.keyid,
  certified: {
    seconds: 600,
    token: {
      kind: "oidc",
      issuer: "https://token.ci.example",
      audience: "https://issuer.example",
      claims: { sub: "hello", repository_id: "634195", ref: "refs/tags/v{version}" },
      commitClaim: "sha",
      runClaim: "run_id",
    },
  },
  buildType: "https://ci.example/build/v1",
  source: "git+https://git.example/hello",
  ref: "refs/tags/v{version}",
  repositoryId: "634195",
  parameters: { workflow: "release.yml" },
};

/** The certificate of `jobKey` for version 1.0.0, but for what is changed. */
export function certificateOf(change: Partial<BuildCertificate> = {}): BuildCertificate {
  return {
    _type: "build-certificate",
    spec: "countersign/1",
    key: jobKey.key,
    builder: certifiedRule.id,
    buildType: certifiedRule.buildType,
    source: certifiedRule.source,
    commit,
    ref: "refs/tags/v1.0.0",
    repositoryId: "634195",
    parameters: { workflow: "release.yml" },
    runId: "88/1",
    notBefore: noon - 60,
    notAfter: noon + 540,
    ...change,
  };
}

/** What a build is said to be otherwise. */
export interface CertifiedBuild {
  readonly definition?: object;
  readonly builder?: string;
  readonly runId?: string | undefined;
}

export function certifiedProvenance({ definition, builder = certifiedRule.id, runId = "88/1" }: CertifiedBuild = {}): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "hello", digest: { sha256: digestOf("bytes") } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: certifiedRule.buildType,
        externalParameters: { workflow: "release.yml" },
        internalParameters: { repositoryId: "634195" },
        resolvedDependencies: [{ uri: `${certifiedRule.source}@refs/tags/v1.0.0`, digest: { gitCommit: commit } }],
        ...definition,
      },
      runDetails: { builder: { id: builder }, metadata: { invocationId: runId } },
    },
  };
}

/** A provenance file by one key, with the certificate in it; signed by the issuer unless told by whom. */
export async function certifiedFile(
  provenance: object,
  certificate: object,
  { key = jobKey, signer = issuer, keyid = signer.keyid }: { key?: Person; signer?: Person; keyid?: string } = {},
): Promise<Uint8Array> {
  const payload = servedBytes(provenance);
  const sig = Buffer.from(await key.sign(preAuthenticationEncoding(inTotoPayloadType, payload))).toString("base64");
  const { signed, signatures } = await signDocument(certificate, signer);
  const certificateFile = { signed, signatures: signatures.map((signature) => ({ ...signature, keyid })) };
  return servedBytes({
    payloadType: inTotoPayloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: key.keyid, sig, certificate: certificateFile }],
  });
}

/** The usual policy, with these builders for the channel `stable`. */
export function policyTrusting(trusted: readonly object[] = [certifiedRule], quorum = 1, more: readonly Person[] = []): Policy {
  const usual = policyOf();
  const holder = ({ key, name }: Person) => ({ key, holder: name.replaceAll(" ", "-"), owner: name.replaceAll(" ", "-") });
  const channels = Object.entries(usual.channels).map(([name, rules]) => [name, { ...rules, builders: { quorum, trusted } }]);
  return {
    ...usual,
    holders: { ...usual.holders, ...Object.fromEntries(more.map((each) => [each.keyid, holder(each)])) },
    channels: Object.fromEntries(channels),
  };
}
