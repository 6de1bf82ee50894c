// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { defaultLimits } from "@countersign/trust/limits";
import { observedPrivilegeChecks } from "@countersign/trust/release/observed-privileges";
import { entryChecks } from "../archive-entry-checks.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { systemFilesIn } from "../system-files.ts";
import { manifestDigest } from "../tree.ts";
import { unpack } from "../unpack.ts";

/**
 * Gate 14: unpacked into a private directory, where no entry can reach out of it or hide behind another; and nothing in it that the system would run or obey by
 * itself takes more than the statement declares.
 */
export const stageGate: Gate = gate({
  number: 14,
  name: "stage",
  checks: { entry: entryChecks, privileges: observedPrivilegeChecks },
  async pass(attempt, checks) {
    const { unpacked, files } = attempt.artifact;
    const staging = await attempt.installer.prepare(attempt.device.directory);
    const limits = { unpackedBytes: unpacked, files, pathLength: defaultLimits.pathLength, depth: defaultLimits.pathDepth };
    const manifest = await unpack(attempt.found.artifactFile ?? "", staging, limits, checks.entry);
    if (!manifest.ok) return attempt.refused(manifest.refusal);
    attempt.found.staging = staging;
    attempt.found.manifest = manifest.value;
    const said = {
      expected: "regular files inside the release only",
      found: `${manifest.value.files.length} files, tree ${manifestDigest(manifest.value).slice(0, 12)}`,
    };
    attempt.note({ verdicts: checks.entry.map(({ name }) => ({ check: name, source: "safe unpacking", ...said })), outcome: manifest });
    const observed = await systemFilesIn(
      staging,
      manifest.value.files.map(({ path }) => path),
    );
    const declared = attempt.note(judge({ candidate: attempt.release.body, observed }, checks.privileges));
    return declared.ok ? goOn : stop(declared.refusal);
  },
});
