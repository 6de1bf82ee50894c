// SPDX-License-Identifier: Apache-2.0
import { signApproval } from "@countersign/release/sign-approval";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Statement } from "@countersign/trust/release/statement";
import { type Attack, checks } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import type { Lab } from "./lab/lab.ts";
import { type Answer, type AskedGovern, strikeOf, tookIt, withGovern } from "./lab/own-govern.ts";

/** What two others declare of ben's account before: that it is dan's second one, or that dan's is one that he shares. */
type Linked = "same" | "member";

/** One human under two names of the policy, as happens after a marriage, a merger or on purpose. The policy counts two; what was declared of them does not. */
export const selfApprovalBySecondAccount: Attack = {
  name: "self-approval-by-second-account",
  holds: "two accounts of the policy, dan's and ben's, each with its key; that both are in one hand was declared",
  async prepare(lab) {
    const { project } = lab;
    const { last } = await openBase(project, lab.stores.two);
    const next: Statement = { ...last.body, version: "6.6.6", sequence: last.body.sequence + 1, predecessor: last.digest };
    return [
      {
        does: "proposes a release as dan, and approves it as ben, who is dan",
        stoppedBy: checks("apart/account"),
        strike: async (without) => strikeOf(await approvedByAnother(lab, next, "same", without), "apart/account", "duties-meet"),
      },
      {
        does: "proposes a release by an account that a group shares, and approves it as one of the group (Vault #19214)",
        stoppedBy: checks("apart/group"),
        strike: async (without) => strikeOf(await approvedByAnother(lab, next, "member", without), "apart/group", "duties-meet"),
      },
      {
        does: "asks for a window as dan, and opens it as ben, who is dan",
        stoppedBy: checks("window/another"),
        strike: (without) =>
          withGovern(lab, without, async (govern) => {
            await declare(govern, "same");
            const { id } = tookIt(await ask(govern, "dan"));
            return strikeOf(
              await govern.act("ben", "/windows/approvals", "window.approve", String(id), {}),
              "window/another",
              "window-own",
            );
          }),
      },
      {
        does: "approves in advance what is not proposed yet, as an administrator might (Infisical)",
        stoppedBy: [],
        bound: "proposal-unknown",
        strike: (without) =>
          withGovern(lab, without, async ({ post }) => {
            const digest = canonicalDigest(next);
            const approval = await signApproval("approve", "release", digest, await keyOf(project, "ben"));
            return strikeOf(await post(`/proposals/${digest}/approvals`, approval), "proposal-unknown", "proposal-unknown");
          }),
      },
    ];
  },
};

function approvedByAnother(lab: Lab, body: Statement, as: Linked, without: readonly string[]): Promise<Answer> {
  return withGovern(lab, without, async (govern) => {
    const { id } = tookIt(await ask(govern, "ana"));
    tookIt(await govern.act("cleo", "/windows/approvals", "window.approve", String(id), {}));
    await declare(govern, as);
    const digest = canonicalDigest(body);
    const proposal = await signApproval("propose", "release", digest, await keyOf(lab.project, "dan"));
    tookIt(await govern.post("/proposals", { body, proposal }));
    const approval = await signApproval("approve", "release", digest, await keyOf(lab.project, "ben"));
    return govern.post(`/proposals/${digest}/approvals`, approval);
  });
}

function ask(govern: AskedGovern, person: string): Promise<Answer> {
  return govern.act(person, "/windows", "window.request", "stable", { seconds: 600, releases: 1, reason: "6.6.6" });
}

/** It takes two others, where neither of the accounts says so. */
async function declare(govern: AskedGovern, as: Linked): Promise<void> {
  for (const person of ["ana", "cleo"]) tookIt(await govern.act(person, "/links", "person.link", "dan", { other: "ben", as }));
}
