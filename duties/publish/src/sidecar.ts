// SPDX-License-Identifier: Apache-2.0
import { readFrom } from "@countersign/repository/read-from";
import { joinSidecar, sidecarBytes } from "@countersign/repository/sidecar";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { Store } from "@countersign/repository/store";
import type { Envelope, Signature } from "@countersign/trust/envelope";
import { type SidecarPolicy, sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { sidecarChecks, sidecarPath } from "@countersign/trust/sidecar";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";

/**
 * Puts the sidecar of a channel file where devices will ask for it, from the ML-DSA signatures of its request that any of these policies demands, and checks as
 * devices will. Like the file, it must do for one of the policies: that of the newest targets, or of those that are listed while the newest wait.
 */
export async function placeSidecar(
  { channel, signatures }: SigningRequest,
  file: Envelope<unknown>,
  policies: readonly SidecarPolicy[],
  store: Store,
): Promise<Outcome<readonly Signature[]>> {
  const demands = policies.map((policy) => sidecarDemand(policy, channel)).filter((demand) => demand !== undefined);
  const sidecar = joinSidecar(channel, file, signatures, demands);
  if (sidecar.signatures.length > 0) await store.write(sidecarPath(file.digest), sidecarBytes(sidecar));
  let found: Outcome<readonly Signature[]> = accept([]);
  for (const policy of policies) {
    found = (await sidecarStep(channel, file, [policy], readFrom(store), sidecarChecks)).outcome;
    if (found.ok) return accept(sidecar.signatures);
  }
  return found;
}
