// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import { type Gate, gate, goOn } from "../gate.ts";
import { rollBack, runTrial } from "../trial.ts";

/** Gate 17: the new version says that it is well; if not, the previous one runs again before this returns. */
export const healthGate: Gate = gate({
  number: 17,
  name: "health",
  checks: { health: [{ name: "health/command" }] },
  async pass(attempt, checks) {
    const { device, installer, found, release } = attempt;
    if (found.journal === undefined) throw new Error("gate 17 was run before gate 16");
    if (checks.health.length === 0) return goOn;
    const healthy = await runTrial(device.directory, installer, found.journal, release.body);
    if (!healthy.ok) {
      attempt.memory = await rollBack(device.directory, installer, found.journal, attempt.memory);
      return attempt.refused(healthy.refusal);
    }
    const { command, expect } = release.body.health;
    const said = {
      expected: `${command.join(" ")}${expect === null ? " exits 0" : ` says ${JSON.stringify(expect)}`}`,
      found: healthy.value.output.trim().slice(0, 120) || "exit 0",
    };
    attempt.note({
      verdicts: [{ check: "health/command", source: "local health check of the statement", ...said }],
      outcome: accept(undefined),
    });
    return goOn;
  },
});
