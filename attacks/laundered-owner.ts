// SPDX-License-Identifier: Apache-2.0
import { registrationOf } from "@countersign/world/register";
import { type Attack, checks } from "./lab/attack.ts";
import type { Lab } from "./lab/lab.ts";
import { type AskedGovern, strikeOf, tookIt, withGovern } from "./lab/own-govern.ts";

/** Handing an identity to a friend for a minute does not make it another's: whoever was behind it lately still is. */
export const launderedOwner: Attack = {
  name: "laundered-owner",
  holds: "dan's key, identities that he owns, and a colleague who takes whatever is handed over",
  prepare: async (lab) => [
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
  ],
};

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
