// SPDX-License-Identifier: Apache-2.0
import { voicesOf } from "@countersign/trust/release/entry-checks";
import type { Detector } from "../detector.ts";
import { inTime, isSaid, proposalGrant } from "../intent.ts";
import { alarmEvidence, shownOf } from "./entered.ts";

/** An identity proposes under a grant that its job got. Its key without one is in somebody's hands: a human acting as an identity, or a thief. */
export const identityWithoutGrant: Detector = {
  name: "identity-without-grant",
  severity: "High",
  title: "A release was proposed with an identity's key, and no grant was issued to it for that",
  means:
    "The proposer is no person but an identity, whose every use is granted and logged. This one was not: a human used its key, or a thief.",
  advice: "Ask its owner, and suspend it until you know: countersign identity suspend NAME --reason TEXT --as NAME",
  detect: ({ repository, intent }) => {
    if (repository.state !== "verified" || !isSaid(intent)) return [];
    const { policy } = repository.view;
    return shownOf(intent.releases).flatMap((release) => {
      const { body, approvals } = release.shown;
      const rules = policy.channels[body.channel];
      if (rules === undefined) return [];
      const subject = { candidate: { body, digest: release.digest, approvals, proof: "" }, policy };
      const machines = rules.proposers.filter((keyid) => !rules.approvers.includes(keyid));
      const [keyid] = voicesOf(subject, "propose", machines);
      const grant = proposalGrant(intent, release);
      if (keyid === undefined || (grant !== undefined && inTime(intent, grant.place, release))) return [];
      const identity = policy.holders[keyid]?.holder ?? keyid;
      return [{ about: [release.digest, keyid], evidence: { ...alarmEvidence(release), identity, keyid } }];
    });
  },
};
