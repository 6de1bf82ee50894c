// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import { type Gate, gate, goOn } from "../gate.ts";
import { confirm } from "../trial.ts";

/** Gate 18: the new version stays, and the floors rise: from now on nothing older than its epoch runs here. */
export const confirmGate: Gate = gate({
  number: 18,
  name: "confirm",
  checks: {},
  async pass(attempt) {
    if (attempt.found.journal === undefined) throw new Error("gate 18 was run before gate 16");
    attempt.memory = await confirm(attempt.device.directory, attempt.found.journal, attempt.memory);
    const { epochFloor, sequenceFloor } = attempt.memory;
    const said = { expected: "floors that never sink", found: `epoch ${epochFloor}, sequence ${sequenceFloor}` };
    attempt.note({
      verdicts: [{ check: "confirm/floors", source: "raised only by a confirmed release", ...said }],
      outcome: accept(undefined),
    });
    return goOn;
  },
});
