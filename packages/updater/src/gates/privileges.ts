// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { privilegeChecks } from "@countersign/trust/release/device-checks";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { deviceFacts } from "./head.ts";

/** Gate 12: nothing is asked for that this device does not grant. */
export const privilegesGate: Gate = gate({
  number: 12,
  name: "privileges",
  checks: { privileges: privilegeChecks },
  async pass(attempt, checks) {
    const granted = attempt.note(judge({ candidate: attempt.release, device: deviceFacts(attempt) }, checks.privileges));
    return granted.ok ? goOn : stop(granted.refusal);
  },
});
