// SPDX-License-Identifier: Apache-2.0
import { downloadFile } from "../downloads.ts";
import { type Gate, gate, goOn } from "../gate.ts";
import { streamChecks } from "../stream-checks.ts";

/** Gate 13: the bytes, hashed while they stream, capped in length and bounded in time; goes on where an earlier run stopped. */
export const downloadGate: Gate = gate({
  number: 13,
  name: "download",
  checks: { stream: streamChecks },
  async pass(attempt, checks) {
    const { sha256, length } = attempt.artifact;
    const file = await downloadFile(attempt.device.directory, sha256);
    const { download: limits } = attempt.policy.policy;
    const progress = (received: number, total: number): void => attempt.progress({ gate: 13, name: "download", received, total });
    const request = { file, length, hashes: { sha256 }, limits, progress };
    const fetched = await attempt.remote.download(`artifacts/${sha256}`, request, checks.stream);
    if (!fetched.ok) return attempt.refused(fetched.refusal);
    attempt.found.artifactFile = file;
    const said = { expected: `${length} bytes, sha256 ${sha256.slice(0, 12)}`, found: "the same, hashed while they streamed" };
    attempt.note({ verdicts: checks.stream.map(({ name }) => ({ check: name, source: "TUF 5.7", ...said })), outcome: fetched });
    return goOn;
  },
});
