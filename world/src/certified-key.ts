// SPDX-License-Identifier: Apache-2.0
import { type Build, type BuilderKey, provenanceOf } from "@countersign/build/attest";
import { jobKey } from "@countersign/build/certified-key";
import { type SigningKey, signDocument } from "@countersign/repository/sign-document";
import type { BuildCertificate } from "@countersign/trust/build/certificate";
import { claimsOf } from "@countersign/trust/build/claims";
import type { PlannedBuilder } from "./plan.ts";

/**
 * What whoever has the key of a plan's builder signs provenance of a build with: that key, where it is a standing one; a key of the moment that it certifies
 * for exactly this build, where it is an issuer's. For tests of single duties, and for thieves of an issuer's key; a pipeline asks the issuer.
 */
export async function keyForBuild(
  builder: PlannedBuilder,
  key: SigningKey,
  build: Build,
  now: number,
  seconds: number = builder.certified?.seconds ?? 0,
): Promise<BuilderKey> {
  if (builder.certified === undefined) return key;
  const own = await jobKey();
  const notBefore = Math.floor(now / 1000) - 30;
  const certificate: BuildCertificate = {
    ...claimsOf(provenanceOf(build)),
    _type: "build-certificate",
    spec: "countersign/1",
    key: own.key,
    source: build.source,
    commit: build.commit,
    runId: build.runId ?? "1",
    notBefore,
    notAfter: notBefore + seconds,
  };
  return { ...own, certificate: await signDocument(certificate, [key]) };
}
