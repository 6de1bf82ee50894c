// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DaemonIdentity } from "@countersign/federation/daemon-identity";
import type { CertificatePin } from "@countersign/federation/pin";
import { selfSigned } from "@countersign/federation/self-signed";
import { sha256 } from "@countersign/trust/digest";
import { makeKey } from "./found.ts";
import type { Plan } from "./plan.ts";
import { dutyDirectory, keyIn, type Project } from "./project.ts";

/** A certificate of a daemon is good for a year: what it gets for it lives for minutes. */
const DAYS = 365;

/** The audience that assertions and tokens for govern of a project name. */
export function governAudience({ product }: Plan): string {
  return `https://govern.${product}.countersign.example`;
}

/** Where a daemon keeps the certificate by which govern knows it, and the key of that. */
export function certificateDirectory(project: Pick<Project, "directory">, holder: string): string {
  return join(dutyDirectory(project, holder), "certificate");
}

/** Pins the daemon's certificate, which is made where there is none yet. */
export async function certificatePin(project: Project, holder: string): Promise<CertificatePin> {
  const file = join(certificateDirectory(project, holder), "certificate.der");
  const certificate = (await read(file)) ?? (await make(project, holder, file));
  return { kind: "certificate", thumbprint: sha256(certificate), audience: governAudience(project.plan) };
}

/** How a daemon of a project proves itself to govern, with what lies in its own directory. */
export function daemonIdentity(project: Project, holder: string): DaemonIdentity {
  const own = certificateDirectory(project, holder);
  return {
    identity: holder,
    issuer: governAudience(project.plan),
    certificate: join(own, "certificate.der"),
    key: keyIn(own),
    renewal: join(own, "renewal"),
  };
}

async function make(project: Project, holder: string, file: string): Promise<Uint8Array> {
  const key = await makeKey(certificateDirectory(project, holder), "ecdsa-p256");
  const notBefore = Date.now();
  const publicKey = key.publicKey.export({ type: "spki", format: "der" });
  const draft = { commonName: holder, publicKey, notBefore, notAfter: notBefore + DAYS * 86_400_000, serial: randomBytes(16) };
  const certificate = await selfSigned(draft, key.sign);
  await writeFile(file, certificate);
  return certificate;
}

async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
