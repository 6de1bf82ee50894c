// SPDX-License-Identifier: Apache-2.0
import { type Check, judge, type Step, stopped } from "../check.ts";
import type { Envelope, Signature } from "../envelope.ts";
import { defaultLimits } from "../limits.ts";
import { type SidecarPolicy, sidecarDemand } from "../policy/post-quantum.ts";
import { accept, refuse } from "../refusal.ts";
import { readSidecar, type SidecarSubject, sidecarPath } from "../sidecar.ts";
import type { Read } from "./step.ts";

/**
 * Judges the file of a role by the sidecars that these policies demand: every one of them must be content. Where none demands any, nothing is read.
 * A sidecar that is not there is a refusal, `sidecar-missing`: whoever serves files could else take the demand away. Yields the signatures that were read.
 */
export async function sidecarStep(
  role: string,
  document: Envelope<unknown>,
  policies: readonly SidecarPolicy[],
  read: Read,
  checks: readonly Check<SidecarSubject>[],
): Promise<Step<readonly Signature[]>> {
  const demands = policies.map((policy) => sidecarDemand(policy, role)).filter((demand) => demand !== undefined);
  if (demands.length === 0) return { verdicts: [], outcome: accept([]) };
  const path = sidecarPath(document.digest);
  const bytes = await read(path, defaultLimits.sidecarBytes);
  if (!bytes.ok) return stopped(bytes.refusal);
  if (bytes.value === undefined)
    return stopped(
      refuse(
        "sidecar-missing",
        `${path}, which the policy demands of ${role}`,
        "no such file",
        "Use another mirror, or wait until those who sign with ML-DSA have done so.",
      ).refusal,
    );
  const sidecar = readSidecar(bytes.value);
  if (!sidecar.ok) return stopped(sidecar.refusal);
  const { verdicts, outcome } = judge({ candidate: document, role, sidecar: sidecar.value, demands }, checks);
  return { verdicts, outcome: outcome.ok ? accept(sidecar.value.signatures) : outcome };
}
