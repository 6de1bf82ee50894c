// SPDX-License-Identifier: Apache-2.0
import { encodeBase64 } from "@countersign/tlog/base64";
import type { BuildCertificate } from "@countersign/trust/build/certificate";
import { preAuthenticationEncoding } from "@countersign/trust/build/dsse";
import { inTotoPayloadType } from "@countersign/trust/build/in-toto";
import type { PlatformFacts } from "@countersign/trust/build/platform-facts";
import type { Provenance } from "@countersign/trust/build/provenance";
import { type Json, servedBytes } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";

/** What was built, from what, how and by whom. What the platform does not state is left out, and a policy that demands it refuses. */
export interface Build extends PlatformFacts {
  readonly artifacts: readonly { readonly name: string; readonly sha256: Digest }[];
  /** URI of the source repository, without a ref; the policy demands exactly this text. */
  readonly source: string;
  /** The full ref that was built: `refs/heads/main`, say. */
  readonly ref?: string | undefined;
  /** Git commit in hex. */
  readonly commit: string;
  /** Everything that whoever started the build could choose. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly buildType: string;
  readonly builderId: string;
  /** Which run of the pipeline it was, as the platform numbers them. */
  readonly runId?: string | undefined;
}

/** A key that signs provenance: one made in the job, with its certificate, or a standing one, wherever custody keeps it. */
export interface BuilderKey {
  readonly keyid: string;
  readonly certificate?: Signed<BuildCertificate> | undefined;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** SLSA Provenance v1 in an in-toto Statement v1. */
export function provenanceOf(build: Build): Provenance {
  const { artifacts, source, ref, commit, parameters, buildType, builderId, runId } = build;
  const { repositoryId, ownerId, runnerEnvironment, eventName } = build;
  const facts = Object.entries({ repositoryId, ownerId, runnerEnvironment, eventName }).filter(([, fact]) => fact !== undefined);
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: artifacts.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: parameters,
        internalParameters: Object.fromEntries(facts),
        resolvedDependencies: [{ uri: ref === undefined ? source : `${source}@${ref}`, digest: { gitCommit: commit } }],
      },
      runDetails: { builder: { id: builderId }, ...(runId === undefined ? {} : { metadata: { invocationId: runId } }) },
    },
  };
}

/** Signs provenance of a build: the bytes of a DSSE envelope (protocol 1.0.2), with the certificate of the key in it where it has one. */
export function attest({ key, ...build }: Build & { readonly key: BuilderKey }): Promise<Uint8Array> {
  return seal(provenanceOf({ ...build, runId: key.certificate?.signed.runId ?? build.runId }), key);
}

/** Signs an in-toto statement: the bytes of a DSSE envelope. */
export async function seal(statement: object, { keyid, certificate, sign }: BuilderKey): Promise<Uint8Array> {
  const payload = servedBytes(statement);
  const sig = encodeBase64(await sign(preAuthenticationEncoding(inTotoPayloadType, payload)));
  return servedBytes({
    payload: encodeBase64(payload),
    payloadType: inTotoPayloadType,
    signatures: [{ keyid, sig, ...(certificate === undefined ? {} : { certificate }) }],
  });
}
