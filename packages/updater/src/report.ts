// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@countersign/trust/refusal";
import { liftedReleases } from "@countersign/trust/release/choice";
import { type Denial, denialOf } from "@countersign/trust/revocation/list";
import type { Attempt, GateVerdict, Installed } from "./attempt.ts";
import { allDenials, type Memory } from "./memory.ts";
import type { Recovered } from "./recovery.ts";

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
  readonly result: "current" | "available" | "installed" | "refused" | "unwell";
  readonly running: NamedRelease | undefined;
  readonly offered: (NamedRelease & { readonly reason: "newer" | "recalled" }) | undefined;
  readonly refusal: Refusal | undefined;
  /** The denial that names the running version: it is flagged, and goes on running until an order recalls it. */
  readonly flagged: Denial | undefined;
  readonly recovered: Recovered["step"];
  readonly healed: readonly string[];
  readonly trail: readonly GateVerdict[];
}

/** How the gates were left. */
export interface Ending {
  readonly refusal: Refusal | undefined;
  /** A gate said that there is nothing further to do. */
  readonly finished: boolean;
  readonly until: "check" | "install";
  readonly recovered: Recovered;
  readonly healed: readonly string[];
}

/** Puts an attempt into words. `installed` is what runs now, after it. */
export function reportOf(run: Attempt, installed: Installed | undefined, { refusal, finished, until, recovered, healed }: Ending): Report {
  const { release, reason } = run.found.choice ?? { release: undefined, reason: "current" };
  const reached = finished ? "current" : until === "check" ? "available" : "installed";
  return {
    result: refusal === undefined ? reached : refusal.code.startsWith("health-") ? "unwell" : "refused",
    running: installed && named(installed.record),
    offered: release && reason !== "current" ? { ...named({ ...release.body, release: release.digest }), reason } : undefined,
    refusal,
    flagged: installed && flagOf(run, installed.record.release),
    recovered: recovered.step,
    healed,
    trail: run.trail,
  };
}

function named({ version, sequence, release }: NamedRelease): NamedRelease {
  return { version, sequence, release };
}

/** What was said against the running version: by all that is known of it, or, where no head shows it now, by its digest alone. */
function flagOf({ found: { head }, memory }: Attempt, running: string): Denial | undefined {
  const entry = head?.releases.find(({ digest }) => digest === running);
  if (head !== undefined && entry !== undefined)
    return liftedReleases(head).has(entry.digest) ? undefined : denialOf(entry, allDenials(memory), memory.time);
  return denialByDigest(memory, running);
}

/** The denial that names a release by its digest, among those that a device remembers. */
export function denialByDigest(memory: Memory, release: string): Denial | undefined {
  const { time } = memory;
  return allDenials(memory).find(({ kind, name, until }) => kind === "release" && name === release && (until === null || until > time));
}
