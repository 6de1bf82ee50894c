// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "@countersign/trust/digest";
import type { Detector } from "../detector.ts";

/** Whoever signs a file that devices act on must do it in public. */
export const unloggedFile: Detector = {
  name: "unlogged-file",
  severity: "Critical",
  title: "A signed file is served that is not in the ledger",
  means:
    "A quorum signed in secret what devices would act on. Devices wait for the proof of its entry; that the signatures exist means that the keys are used outside the path.",
  advice: "Ask the signers, each from its own record, and rotate what none of them knows: countersign trust",
  detect: ({ repository, ledger, isLogged }) => {
    if (repository.state !== "verified" || ledger.state !== "read") return [];
    const { targets, channels } = repository.view;
    const policy = targets.signed.targets["policy.json"]?.hashes.sha256;
    return [
      { type: "targets" as const, file: "targets.json", digest: targets.digest },
      ...(policy === undefined ? [] : [{ type: "policy" as const, file: "policy.json", digest: policy }]),
      ...[...channels].map(([channel, { bytes }]) => ({ type: "channel" as const, file: `${channel}.json`, digest: sha256(bytes) })),
    ]
      .filter(({ type, digest }) => !isLogged({ type, digest }))
      .map((file) => ({ about: [file.digest], evidence: file }));
  },
};
