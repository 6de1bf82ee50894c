// SPDX-License-Identifier: Apache-2.0

import { removeTree } from "../durable.ts";
import { type Gate, gate, goOn } from "../gate.ts";
import { type Journal, writeJournal } from "../journal.ts";
import { beginTrial, journalFile, writePending } from "../trial.ts";

/** Gate 16: the switch. Before it the old version runs, after it the new one, and at no moment neither. */
export const applyGate: Gate = gate({
  number: 16,
  name: "apply",
  checks: {},
  async pass(attempt) {
    const { device, installer, installed, release, found } = attempt;
    const { digest, body } = release;
    await writePending(device.directory, body);
    const record = {
      release: digest,
      sequence: body.sequence,
      epoch: body.epoch,
      version: body.version,
      manifest: found.manifest ?? { files: [] },
    };
    const slot = await installer.place(device.directory, found.staging ?? "", record);
    const journal: Journal = {
      phase: "staged",
      release: digest,
      sequence: body.sequence,
      epoch: body.epoch,
      slot,
      ...(installed && { previous: installed.slot }),
      attempts: 0,
      attemptsAllowed: body.health.attempts,
    };
    await writeJournal(journalFile(device.directory), journal);
    found.journal = await beginTrial(device.directory, installer, journal);
    if (found.artifactFile !== undefined) await removeTree(found.artifactFile);
    return goOn;
  },
});
