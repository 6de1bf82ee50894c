// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** What a device would refuse as well. Found once for each state of the repository that came before it. */
export const repositoryRefused: Detector = {
  name: "repository-refused",
  severity: "High",
  title: "The repository does not verify",
  means: "Devices refuse the repository for the same reason. Either somebody serves what was never signed, or publishing broke half-way.",
  advice: "Read the refusal, ask publish, and compare with another mirror: countersign release status",
  detect: ({ repository, versions }) =>
    repository.state === "refused"
      ? [
          {
            about: [repository.refusal.code, `${versions["timestamp.json"] ?? 0}`],
            evidence: { last: { ...versions }, refusal: { ...repository.refusal } },
          },
        ]
      : [],
};
