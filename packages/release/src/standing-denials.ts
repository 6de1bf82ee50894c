// SPDX-License-Identifier: Apache-2.0
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { builtBy, deniableNames, denialOf } from "@countersign/trust/revocation/deniable";
import type { Denial } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import type { Published } from "./published.ts";
import { trustedDenials } from "./trusted-denials.ts";

/** What trusted revokers say against a release now, by any of its names. */
export async function standingDenials({ read, view, rules }: Published, release: Entry<Statement>): Promise<readonly Denial[]> {
  const attestations = await readAttestations(read, release.body.provenance);
  if (!attestations.ok) return [];
  const names = deniableNames(release, builtBy(attestations.value, [{ policy: view.policy, rules }]));
  const said = await trustedDenials(read, view);
  return said.map(({ denial }) => denial).filter((denial) => denialOf(names, [denial], view.time) !== undefined);
}
