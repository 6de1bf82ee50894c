// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { daemonGrants } from "@countersign/federation/daemon-identity";
import { signApproval } from "@countersign/release/sign-approval";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Statement } from "@countersign/trust/release/statement";
import { certificatePin, daemonIdentity } from "@countersign/world/certificate";
import { registrationOf } from "@countersign/world/register";
import { type Attack, checks, type Strike } from "./lab/attack.ts";
import { keyOf, openBase, taken } from "./lab/base.ts";
import type { Lab } from "./lab/lab.ts";
import { type AskedGovern, strikeOf, tookIt, withGovern } from "./lab/own-govern.ts";

/** Handing an identity to a friend for a minute does not make it another's: whoever was behind it lately still is. */
export const launderedOwner: Attack = {
  name: "laundered-owner",
  holds: "dan's key, identities that he owns, and a colleague who takes whatever is handed over",
  async prepare(lab) {
    const { project } = lab;
    await certificatePin(project, project.plan.proposer.holder); // made before the moves, of which several start at once, ask for it
    return [
      {
        does: "hands a builder over, and registers a signer of his own a moment later",
        stoppedBy: checks("apart/holdings"),
        strike: (without) =>
          withGovern(lab, without, async (govern) => {
            await register(lab, govern, "laundry-build", "sign-ana", "build");
            await handOver(govern, "laundry-build");
            const body = await registration(lab, "laundry-sign", "sign-ben", "sign");
            return strikeOf(
              await govern.act("dan", "/identities", "identity.register", "laundry-sign", body),
              "apart/holdings",
              "duties-meet",
            );
          }),
      },
      {
        does: "lets the pipeline that he answers for propose a release, hands it over at once, and approves the release as a stranger to it",
        stoppedBy: checks("transfer/key", "approval/not-the-proposer", "apart/owner"),
        strike: (without) => withGovern(lab, without, (govern) => approvedAfterHandingOver(lab, govern)),
      },
      {
        does: "hands an identity over when it comes up for review, and confirms it as somebody who has no part in it",
        stoppedBy: checks("review/not-own"),
        strike: (without) =>
          withGovern(lab, without, async (govern) => {
            await register(lab, govern, "laundry-build", "sign-ana", "build");
            const { id } = tookIt(await govern.act("ana", "/reviews", "review.start", "stable", { days: 14 }));
            await handOver(govern, "laundry-build");
            const confirmed = await govern.act("dan", "/reviews/confirmations", "review.confirm", "laundry-build", { campaign: id });
            return strikeOf(confirmed, "review/not-own", "review-own");
          }),
      },
      {
        does: "leaves the company, and goes on with what the policy still gives him (PyPI: a user goes, the publishers stay)",
        stoppedBy: checks("person/left"),
        strike: (without) =>
          withGovern(lab, without, async (govern) => {
            tookIt(await govern.act("ana", "/offboardings", "person.offboard", "dan", { reason: "left" }));
            const asked = { seconds: 600, releases: 1, reason: "one more" };
            return strikeOf(await govern.act("dan", "/windows", "window.request", "stable", asked), "person/left", "person-left");
          }),
      },
      {
        does: "goes round the second person by breaking the glass, and again before anybody has looked (GitHub: administrators bypass)",
        stoppedBy: checks("break-glass/reviewed"),
        strike: (without) =>
          withGovern(lab, without, async (govern) => {
            const asked = { release: "6".repeat(64), reason: "urgent", seconds: 600 };
            tookIt(await govern.act("dan", "/breaks", "break-glass.call", "stable", asked));
            const again = await govern.act("dan", "/breaks", "break-glass.call", "stable", { ...asked, release: "7".repeat(64) });
            return strikeOf(again, "break-glass/reviewed", "break-glass-unreviewed");
          }),
      },
    ];
  },
};

/** The pipeline here is known by a certificate; its key is the policy's, and dan's in it. */
async function approvedAfterHandingOver(lab: Lab, { url, act, post }: AskedGovern): Promise<Strike> {
  const { project } = lab;
  const { last } = await openBase(project, lab.stores.two);
  const body: Statement = { ...last.body, version: "6.6.6", sequence: last.body.sequence + 1, predecessor: last.digest };
  const digest = canonicalDigest(body);
  const { holder } = project.plan.proposer;
  const pin = await certificatePin(project, holder);
  tookIt(
    await act("dan", "/identities", "identity.register", holder, { ...(await registrationOf(project, holder, "dan", "propose")), pin }),
  );
  const { id } = tookIt(await act("ana", "/windows", "window.request", "stable", { seconds: 600, releases: 1, reason: "6.6.6" }));
  tookIt(await act("cleo", "/windows/approvals", "window.approve", String(id), {}));

  const renewal = join(lab.scratch, `laundry-${randomUUID()}`);
  const grants = await daemonGrants({ ...daemonIdentity(project, holder), renewal }, url);
  const granted = taken(await grants.grantFor({ duty: "propose", channel: body.channel, digest, uses: 1 }));
  const proposal = await signApproval("propose", "release", digest, await keyOf(project, holder));
  tookIt(await post("/proposals", { body, proposal }, await grants.headersFor(granted, "POST", `${url}/proposals`)));
  const handed = await act("dan", "/transfers", "identity.transfer", holder, { owner: "cleo", deputy: "ana" });
  if (handed.code !== "ok") return strikeOf(handed, "transfer/key", "key-of-another");
  const approved = await post(
    `/proposals/${digest}/approvals`,
    await signApproval("approve", "release", digest, await keyOf(project, "dan")),
  );
  return approved.code === "duties-meet"
    ? strikeOf(approved, "apart/owner", "duties-meet")
    : strikeOf(approved, "approval/not-the-proposer", "approver-is-proposer");
}

/** Dan's identity, proven by somebody's certificate, and with no key of the policy. */
async function registration({ project }: Lab, component: string, certificateOf: string, duty: string): Promise<object> {
  return { ...(await registrationOf(project, certificateOf, "dan", duty)), component, keyid: null };
}

async function register(lab: Lab, govern: AskedGovern, name: string, certificateOf: string, duty: string): Promise<void> {
  tookIt(await govern.act("dan", "/identities", "identity.register", name, await registration(lab, name, certificateOf, duty)));
}

async function handOver(govern: AskedGovern, name: string): Promise<void> {
  tookIt(await govern.act("dan", "/transfers", "identity.transfer", name, { owner: "cleo", deputy: "ana" }));
}
