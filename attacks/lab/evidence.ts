// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { decodeBytes } from "@countersign/trust/decode";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { contradiction, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { keptEvidence } from "@countersign/updater/evidence";
import type { Strike } from "./attack.ts";
import { taken } from "./base.ts";
import { type Look, type Lure, strikeDevice } from "./victim.ts";

/** Like `strikeDevice`, where a device that refuses must also keep evidence that anybody can verify offline: without that, it is as if nothing had refused. */
export async function strikeKeeping(
  device: string,
  lure: Lure,
  without: readonly string[],
  proof: Look,
  ledger: LedgerTrust,
): Promise<Strike> {
  let shown: string | undefined;
  const strike = await strikeDevice(device, lure, without, async (victim) => {
    shown = await shownBy(victim.directory, ledger);
    return await proof(victim);
  });
  if (strike.succeeded) return strike;
  return shown === undefined
    ? { succeeded: false, evidence: `${strike.check} refused, and no evidence was kept` }
    : { ...strike, evidence: `${strike.evidence}; kept as evidence: ${shown}` };
}

/** What the first file of evidence on a device shows to a stranger. */
async function shownBy(directory: string, ledger: LedgerTrust): Promise<string | undefined> {
  const [file] = await keptEvidence(directory);
  if (file === undefined) return undefined;
  const { kind, smaller, larger, witnesses } = taken(
    verifyContradiction(taken(decodeBytes(contradiction, await readFile(file), file)), ledger),
  );
  return `${kind}, ${smaller} against ${larger} entries, cosigned both ways by ${witnesses.join(" and ") || "nobody"}`;
}
