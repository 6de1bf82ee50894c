// SPDX-License-Identifier: Apache-2.0
import { isSummary } from "@countersign/trust/build/attested";
import { builderOf } from "@countersign/trust/build/builder";
import { isVerifierRule } from "@countersign/trust/build/builder-rule";
import { originOf } from "@countersign/trust/build/origin";
import type { Detector } from "../detector.ts";
import { inTime, isSaid } from "../intent.ts";
import { alarmEvidence, shownOf } from "./entered.ts";

/** An issuer certifies a build under a grant for its commit; a build of another commit was asked for by nobody. */
export const buildWithoutGrant: Detector = {
  name: "build-without-grant",
  severity: "High",
  title: "A release was built from a commit for which no build was granted",
  means:
    "Provenance names a source commit, and govern logged no grant to build that commit on that channel. The issuer's key, or the issuer, was used around govern.",
  advice:
    "Stop the release, and suspend the builder until you know which job ran: countersign identity suspend NAME --reason TEXT --as NAME",
  detect: ({ repository, intent }) => {
    if (repository.state !== "verified" || !isSaid(intent)) return [];
    const { policy } = repository.view;
    const { grants } = intent.announced;
    return shownOf(intent.releases).flatMap((release) => {
      const rules = policy.channels[release.shown.body.channel];
      return release.shown.attestations.flatMap((attestation) => {
        const rule = rules && builderOf(attestation, policy, rules)?.rule;
        if (rule === undefined || isVerifierRule(rule) || rule.certified === undefined || isSummary(attestation.provenance)) return [];
        const { commit = "" } = originOf(attestation.provenance);
        const granted = grants.some(
          ({ duty, digest, channel, place }) =>
            duty === "build" && digest === commit && channel === release.shown.body.channel && inTime(intent, place, release),
        );
        if (granted) return [];
        const evidence = { ...alarmEvidence(release), builder: rule.id, commit, provenance: attestation.envelope.digest };
        return [{ about: [release.digest, rule.id], evidence }];
      });
    });
  },
};
