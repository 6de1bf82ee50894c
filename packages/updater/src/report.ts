// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "@countersign/trust/digest";
import type { Refusal } from "@countersign/trust/refusal";
import { liftedDenials } from "@countersign/trust/release/choice";
import { denialOf } from "@countersign/trust/revocation/deniable";
import type { Denial } from "@countersign/trust/revocation/list";
import type { Attempt, GateVerdict, Installed } from "./attempt.ts";
import { allDenials, type Memory } from "./memory.ts";
import type { Recovered } from "./recovery.ts";
import type { SlotRecord } from "./slots.ts";

/** A release, as reports name it. */
export interface NamedRelease {
  readonly version: string;
  readonly sequence: number;
  /** The release digest. */
  readonly release: string;
}

/** How an attempt ended, with the whole trail. */
export interface Report {
  /** `unwell`: the new version failed its health check, and the previous one runs again. */
  readonly result: "current" | "available" | "installed" | "heard" | "refused" | "unwell";
  readonly running: NamedRelease | undefined;
  readonly offered: (NamedRelease & { readonly reason: "newer" | "recalled" }) | undefined;
  readonly refusal: Refusal | undefined;
  /** The denial that names the running version: it is flagged, and goes on running until an order recalls it. */
  readonly flagged: Denial | undefined;
  /** Who may say no and was not heard recently, or was left out: a denial of what runs may have been kept back. */
  readonly unheard: Refusal | undefined;
  readonly recovered: Recovered["step"];
  readonly healed: readonly string[];
  readonly trail: readonly GateVerdict[];
}

/** How the gates were left. */
export interface Ending {
  readonly refusal: Refusal | undefined;
  /** A gate said that there is nothing further to do. */
  readonly finished: boolean;
  readonly until: "check" | "install" | "revocations";
  readonly recovered: Recovered;
  readonly healed: readonly string[];
}

/** Puts an attempt into words. `installed` is what runs now, after it. */
export function reportOf(run: Attempt, installed: Installed | undefined, { refusal, finished, until, recovered, healed }: Ending): Report {
  const { release, reason } = run.found.choice ?? { release: undefined, reason: "current" };
  const reached = finished ? "current" : ({ check: "available", install: "installed", revocations: "heard" } as const)[until];
  return {
    result: refusal === undefined ? reached : refusal.code.startsWith("health-") ? "unwell" : "refused",
    running: installed && named(installed.record),
    offered: release && reason !== "current" ? { ...named({ ...release.body, release: release.digest }), reason } : undefined,
    refusal,
    flagged: installed && flagOf(run, installed.record),
    unheard: run.found.unheard,
    recovered: recovered.step,
    healed,
    trail: run.trail,
  };
}

function named({ version, sequence, release }: NamedRelease): NamedRelease {
  return { version, sequence, release };
}

/** What was said against the running version, but for what a lift answered in the head that is shown now. */
function flagOf({ found: { head }, memory }: Attempt, running: SlotRecord): Denial | undefined {
  const entry = head?.releases.find(({ digest }) => digest === running.release);
  return denialAgainst(memory, running, head === undefined || entry === undefined ? undefined : liftedDenials(head, entry.digest));
}

/** The denial that names an installed version in any of the ways in which one can, among those that a device remembers. */
export function denialAgainst(
  memory: Memory,
  { release, deniable }: Pick<SlotRecord, "release" | "deniable">,
  lifted?: ReadonlySet<Digest>,
): Denial | undefined {
  const names = deniable ?? { release: [release], build: [], builder: [], approval: [] };
  return denialOf(names, allDenials(memory), memory.time, lifted);
}
