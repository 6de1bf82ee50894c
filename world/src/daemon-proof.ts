// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openKey } from "@countersign/custody/place";
import type { Proof } from "@countersign/federation/grant-source";
import { plainEcdsa } from "@countersign/federation/jws";
import { renewalFile } from "@countersign/federation/renewal-file";
import { certificateDirectory, governAudience } from "./certificate.ts";
import { keyIn, type Project } from "./project.ts";

/** How a daemon of a project proves itself to govern, with what lies in its own directory. */
export async function daemonProof(project: Project, holder: string): Promise<Proof> {
  const own = certificateDirectory(project, holder);
  const key = await openKey(keyIn(own));
  return {
    subject: "certificate",
    certificate: await readFile(join(own, "certificate.der")),
    signer: { alg: "ES256", sign: async (message) => plainEcdsa(await key.sign(message)) },
    issuer: governAudience(project.plan),
    renewal: renewalFile(join(own, "renewal")),
  };
}
