// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import { deniableNames } from "@countersign/trust/revocation/deniable";
import { removeTree } from "../durable.ts";
import { type Gate, gate, goOn } from "../gate.ts";
import { type Journal, writeJournal } from "../journal.ts";
import { beginTrial, journalFile, writePending } from "../trial.ts";

/** How often a trial may be cut short, by a power failure for instance, before the version itself is held to be the cause. */
const interruptionsAllowed = 2;

/** Gate 16: the switch. Before it the old version runs, after it the new one, and at no moment neither. */
export const applyGate: Gate = gate({
  number: 16,
  name: "apply",
  checks: {},
  async pass(attempt) {
    const { device, installer, release, found } = attempt;
    const previous = await installer.current(device.directory); // by the link itself: its record may be damaged
    const { digest, body } = release;
    await writePending(device.directory, body);
    const record = {
      release: digest,
      sequence: body.sequence,
      epoch: body.epoch,
      version: body.version,
      manifest: found.manifest ?? { files: [] },
      deniable: deniableNames(release, found.built),
    };
    const slot = await installer.place(device.directory, found.staging ?? "", record);
    const journal: Journal = {
      phase: "staged",
      release: digest,
      slot,
      ...(previous !== undefined && { previous }),
      attempts: 0,
      attemptsAllowed: body.health.attempts + interruptionsAllowed,
    };
    await writeJournal(journalFile(device.directory), journal);
    found.journal = await beginTrial(device.directory, installer, journal);
    const said = {
      expected: "one atomic switch",
      found: `slot ${slot} runs, on trial; ${previous === undefined ? "there was none before" : `slot ${previous} is kept`}`,
    };
    attempt.note({
      verdicts: [{ check: "apply/switch", source: "the old version or the new one, never neither", ...said }],
      outcome: accept(undefined),
    });
    if (found.artifactFile !== undefined) await removeTree(found.artifactFile);
    return goOn;
  },
});
