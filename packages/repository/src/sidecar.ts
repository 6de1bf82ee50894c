// SPDX-License-Identifier: Apache-2.0
import { servedBytes } from "@countersign/trust/canonical";
import type { Envelope, Signature } from "@countersign/trust/envelope";
import type { SidecarDemand } from "@countersign/trust/policy/post-quantum";
import { type Sidecar, sidecarMessage, sidecarSigners } from "@countersign/trust/sidecar";
import type { SigningKey } from "./sign-document.ts";

/**
 * Signs a metadata file of a role with ML-DSA keys, in the order given. The signatures do not depend on the file's classical ones: owners
 * may make theirs apart, in any order, and `joinSidecars` puts them together.
 */
export async function signSidecar(
  role: string,
  { message }: Pick<Envelope<unknown>, "message">,
  keys: readonly SigningKey[],
): Promise<Sidecar> {
  const signed = sidecarMessage(role, message);
  const signatures: Signature[] = [];
  for (const key of keys) signatures.push({ keyid: key.keyid, sig: Buffer.from(await key.sign(signed)).toString("hex") });
  return { _type: "sidecar", spec: "countersign/1", signatures };
}

/** One sidecar out of several partial ones, with one signature a key, in the order of their identifiers. */
export function joinSidecars(parts: readonly Sidecar[]): Sidecar {
  const byKey = new Map(parts.flatMap(({ signatures }) => signatures.map((signature) => [signature.keyid, signature] as const)));
  const signatures = [...byKey.values()].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  return { _type: "sidecar", spec: "countersign/1", signatures };
}

/** The part of a signing request's signatures that some policy demands in the sidecar; the others are for the file itself. */
export function sidecarAmong(
  role: string,
  file: Pick<Envelope<unknown>, "message">,
  signatures: readonly Signature[],
  demands: readonly SidecarDemand[],
): Sidecar {
  const signers = demands.flatMap((demand) => sidecarSigners(role, file, signatures, demand));
  return { _type: "sidecar", spec: "countersign/1", signatures: signatures.filter(({ keyid }) => signers.includes(keyid)) };
}

/** The bytes under which a sidecar is served, at `sidecarPath` of the finished file's digest. It is written before the file, so that nobody finds the one without the other. */
export function sidecarBytes(sidecar: Sidecar): Uint8Array {
  return servedBytes(sidecar);
}
