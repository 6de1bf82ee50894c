// SPDX-License-Identifier: Apache-2.0
import { type Root, type RootSubject, root, rootChecks } from "../anchor/root.ts";
import { type Check, judge, type Verdict, type Verified } from "../check.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { ledgerTrust } from "../ledger/checkpoint.ts";
import { loggedCheck } from "../ledger/inclusion.ts";
import { defaultLimits } from "../limits.ts";
import { accept } from "../refusal.ts";
import { type Read, readProof, type Step, stopped } from "./step.ts";

/** A successor with the proof that it was made in public, under the log and witnesses of the root before it. */
export interface LoggedRootSubject extends RootSubject<Root> {
  readonly proof: string;
}

export const rootChainChecks: readonly Check<LoggedRootSubject>[] = [
  ...rootChecks,
  {
    name: "root/logged",
    source: "root N + 1 is proven under N's witnesses before it is stored",
    examine: ({ candidate, trusted, proof }) =>
      loggedCheck("root").examine({ candidate: { type: "root", digest: candidate.digest }, proof, ledger: ledgerTrust(trusted) }),
  },
];

/** TUF 5.3: from the trusted root to the newest, one version at a time. Yields the successors that passed, oldest first. */
export async function nextRoots(
  trusted: Envelope<Root>,
  read: Read,
  checks: readonly Check<LoggedRootSubject>[],
): Promise<Step<readonly Verified<Envelope<Root>>[]>> {
  const verdicts: Verdict[] = [];
  const chain: Verified<Envelope<Root>>[] = [];
  while (chain.length < defaultLimits.rootRotations) {
    const before = chain.at(-1) ?? trusted;
    const path = `metadata/${before.signed.version + 1}.root.json`;
    const bytes = await read(path, defaultLimits.rootBytes);
    if (!bytes.ok) return stopped(bytes.refusal, verdicts);
    if (bytes.value === undefined) break;
    const candidate = readEnvelope(root, bytes.value, path, { ...defaultLimits, documentBytes: defaultLimits.rootBytes });
    if (!candidate.ok) return stopped(candidate.refusal, verdicts);
    const proof = await readProof(read, candidate.value.digest);
    if (!proof.ok) return stopped(proof.refusal, verdicts);
    const judged = judge({ candidate: candidate.value, trusted: before.signed, proof: proof.value }, checks);
    verdicts.push(...judged.verdicts);
    if (!judged.outcome.ok) return stopped(judged.outcome.refusal, verdicts);
    chain.push(judged.outcome.value);
  }
  return { verdicts, outcome: accept(chain) };
}
