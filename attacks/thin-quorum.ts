// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { type Policy, policy as policyDecoder } from "@countersign/trust/policy/policy";
import { accept, type Refusal } from "@countersign/trust/refusal";
import { approvalChecks } from "@countersign/trust/release/entry-checks";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { registrationOf } from "@countersign/world/register";
import { type Attack, checks, type Strike } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { entryOf } from "./lab/forge.ts";
import { strikeOf, withGovern } from "./lab/own-govern.ts";

const byReader = "reader: policy";

/** Approval in name only: a quorum of none, one voice that passes for several, a name that is taken for another's. */
export const thinQuorum: Attack = {
  name: "thin-quorum",
  holds: "the pipeline, and one of four approvers, or the pen of whoever writes the policy",
  async prepare(lab) {
    const { project } = lab;
    const { view, last } = await openBase(project, lab.stores.two);
    const { policy } = view;
    const next: Statement = { ...last.body, version: "6.6.6", sequence: last.body.sequence + 1, predecessor: last.digest };
    const proposed = ["propose", await keyOf(project, project.plan.proposer.holder)] as const;
    const nobodys = await entryOf(next, [proposed], async () => "");
    const bens = await entryOf(next, [proposed, ["approve", await keyOf(project, "ben")]], async () => "");
    const around = { ledger: view.ledger, time: view.time };
    return [
      {
        does: "has a policy written that asks for no approvals, so that none are missing (OpenBao #3666)",
        stoppedBy: [{ check: "malformed-document", without: byReader }],
        strike: async (without) => judged(asking(policy, 0), nobodys, around, without),
      },
      {
        does: "lets one of four reviewers approve where two are asked for (GitHub: one of six is enough)",
        stoppedBy: checks("approvals/quorum"),
        strike: async (without) => judged(asking(policy, 2), bens, around, without),
      },
      {
        does: "names a thing of its own like somebody who may approve (OpenBao #3815)",
        stoppedBy: checks("register/name"),
        strike: (without) =>
          withGovern(lab, without, async (govern) => {
            const body = { ...(await registrationOf(project, "sign-ana", "dan", "propose")), component: "ben", keyid: null };
            return strikeOf(await govern.act("dan", "/identities", "identity.register", "ben", body), "register/name", "identity-taken");
          }),
      },
    ];
  },
};

/** The same policy, but for how many people must approve; as it would be written. */
function asking(policy: Policy, approvals: number): Policy {
  const channels = Object.entries(policy.channels).map(([channel, rules]) => [channel, { ...rules, approvals }]);
  return { ...policy, channels: Object.fromEntries(channels) };
}

/** What whoever verifies says of a release under a policy as it was written. */
function judged(
  written: Policy,
  candidate: Entry<Statement>,
  around: Pick<Parameters<(typeof approvalChecks)[number]["examine"]>[0], "ledger" | "time">,
  without: readonly string[],
): Strike {
  const read = without.includes(byReader) ? accept(written) : decode(policyDecoder, written, "policy.json");
  if (!read.ok) return refused(read.refusal.code, read.refusal);
  const policy = read.value;
  const rules = policy.channels[candidate.body.channel];
  if (rules === undefined) throw new Error("the lab's policy has the channel");
  const left = approvalChecks.filter(({ name }) => !without.includes(name));
  const { outcome, verdicts } = judge({ candidate, policy, rules, ...around }, left);
  if (outcome.ok) return { succeeded: true, evidence: `${candidate.body.version} counts as approved` };
  return refused(verdicts.findLast(({ refusal }) => refusal !== undefined)?.check ?? "", outcome.refusal);
}

function refused(check: string, { expected, found }: Refusal): Strike {
  return { succeeded: false, check, at: "whoever verifies", evidence: `expected ${expected}; found ${found}` };
}
