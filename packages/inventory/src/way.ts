// SPDX-License-Identifier: Apache-2.0
import type { ChannelRules } from "@countersign/trust/policy/policy";
import type { Formula } from "./formula.ts";
import type { Authorities } from "./trusted-keys.ts";

/** What an attacker wants of a channel's devices. */
export type Goal = "install" | "stop" | "hide";

/** Who or what would show that it happened, and by which compromise even that is silenced. */
export interface Sight {
  readonly says: string;
  readonly unless: Formula;
}

/** One way to a goal. Whatever is not in the attacker's hands is honest and does its work for everybody, attackers too. */
export interface Way {
  readonly goal: Goal;
  readonly name: string;
  /** What one who takes it comes to, as the end of "can". */
  readonly does: string;
  readonly takes: Formula;
  readonly sights: readonly Sight[];
}

/** A channel under the documents that rule it. */
export interface ChannelUnder extends Authorities {
  readonly channel: string;
  readonly rules: ChannelRules;
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
