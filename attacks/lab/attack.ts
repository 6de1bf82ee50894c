// SPDX-License-Identifier: Apache-2.0
import type { AgentLab, Lab } from "./lab.ts";
import type { LiveWorld } from "./live-world.ts";

/** Something that stops an attack: the check that says no, and how the process is told to do without it. */
export interface Control {
  /** The name that the refusal carries in the trail. */
  readonly check: string;
  /** What is left out, by the words of the weakened process or of the attack itself; the check's own name unless told. */
  readonly without?: string;
}

/** What is said to leave a control out. */
export function wordOf({ check, without }: Control): string {
  return without ?? check;
}

/** What one try came to. */
export interface Strike {
  readonly succeeded: boolean;
  /** The check that refused. */
  readonly check?: string;
  /** Where it stands: a gate of the device, or the duty that refused. */
  readonly at?: string;
  /** What was seen: the trojan's own words, or what the check expected and found. */
  readonly evidence: string;
}

/** One way in. */
export interface Move {
  /** What is done, as a sentence without its full stop. */
  readonly does: string;
  /** Every control on this way, each of which stops it alone. Empty where the bound is part of the code and cannot be left out. */
  readonly stoppedBy: readonly Control[];
  /** The code of the refusal, where `stoppedBy` is empty. */
  readonly bound?: string;
  /** Tries once, on a fresh copy of the victim, which does without these. */
  strike(without: readonly string[]): Promise<Strike>;
}

/** One attack of the lab. */
export interface Attack {
  readonly name: string;
  /** What the attacker holds before the first step; everything that is not named here is honest. */
  readonly holds: string;
  /**
   * The same by name: the holders of the lab's plan whose keys the attacker has, and the services that it runs. Absent where it has something else besides,
   * or attacks another world. The blast radius must say of these that they are not enough.
   */
  readonly takes?: readonly string[];
  /** What the attacker did while the world was up, such as having entries logged: the ledger takes them from anybody. */
  readonly plant?: (world: LiveWorld) => Promise<unknown>;
  /** Forges the files and starts the processes that the attack touches; they end with `stack`. */
  prepare(lab: Lab, stack: AsyncDisposableStack): Promise<readonly Move[]>;
  /** The same attacker where the channel is on the agent profile; the moves come after those of `prepare`. */
  readonly onAgent?: AgentAttack | undefined;
}

/** What an attack does in the lab's second world. */
export interface AgentAttack {
  readonly plant?: (world: LiveWorld) => Promise<unknown>;
  /** `found` is what `plant` made. */
  prepare(lab: AgentLab, stack: AsyncDisposableStack, found: unknown): Promise<readonly Move[]>;
}

/** Checks that are left out by their own names. */
export function checks(...names: readonly string[]): readonly Control[] {
  return names.map((check) => ({ check }));
}

/** An attack whose forgeries were planted while the world was up; `prepare` gets what `plant` made. */
export function planted<P>(attack: {
  readonly name: string;
  readonly holds: string;
  readonly takes?: readonly string[];
  plant(world: LiveWorld): Promise<P>;
  prepare(lab: Lab, stack: AsyncDisposableStack, found: P): Promise<readonly Move[]>;
  readonly onAgent?: AgentAttack;
}): Attack {
  return { ...attack, prepare: (lab, stack) => attack.prepare(lab, stack, lab.planted.get(attack.name) as P) };
}

/** The same of the moves on the agent profile. */
export function plantedOnAgent<P>(attack: {
  plant(world: LiveWorld): Promise<P>;
  prepare(lab: AgentLab, stack: AsyncDisposableStack, found: P): Promise<readonly Move[]>;
}): AgentAttack {
  return { plant: attack.plant, prepare: (lab, stack, found) => attack.prepare(lab, stack, found as P) };
}
