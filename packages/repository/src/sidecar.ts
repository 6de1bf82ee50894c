// SPDX-License-Identifier: Apache-2.0
import { servedBytes } from "@countersign/trust/canonical";
import type { Envelope, Signature } from "@countersign/trust/envelope";
import type { SidecarDemand } from "@countersign/trust/policy/post-quantum";
import { type Sidecar, sidecarMessage, sidecarSigners } from "@countersign/trust/sidecar";
import type { SigningKey } from "./sign-document.ts";

/**
 * Signs a metadata file of a role with ML-DSA keys, in the order given, for the repository that the policy names so. The signatures do not depend on the
 * file's classical ones: owners may make theirs apart, in any order, and `joinSidecar` puts them together.
 */
export async function signSidecar(
  repository: string,
  role: string,
  { message }: Pick<Envelope<unknown>, "message">,
  keys: readonly SigningKey[],
): Promise<Sidecar> {
  const signed = sidecarMessage(repository, role, message);
  const signatures: Signature[] = [];
  for (const key of keys) signatures.push({ keyid: key.keyid, sig: Buffer.from(await key.sign(signed)).toString("hex") });
  return { _type: "sidecar", spec: "countersign/1", signatures };
}

/**
 * The sidecar of a file, out of whatever signatures came together for it, in any order: of those that some policy demands, each that verifies, one a key.
 * One that does not verify takes nobody's place.
 */
export function joinSidecar(
  role: string,
  file: Pick<Envelope<unknown>, "message">,
  signatures: readonly Signature[],
  demands: readonly SidecarDemand[],
): Sidecar {
  const byKey = new Map<string, Signature>();
  for (const signature of signatures)
    if (!byKey.has(signature.keyid) && demands.some((demand) => sidecarSigners(role, file, [signature], demand).length > 0))
      byKey.set(signature.keyid, signature);
  const joined = [...byKey.values()].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  return { _type: "sidecar", spec: "countersign/1", signatures: joined };
}

/** The bytes under which a sidecar is served, at `sidecarPath` of the finished file's digest. It is written before the file, so that nobody finds the one without the other. */
export function sidecarBytes(sidecar: Sidecar): Uint8Array {
  return servedBytes(sidecar);
}
