// SPDX-License-Identifier: Apache-2.0
import { type Holding, nameOf } from "./inventory.ts";

/** By what one counts: what falls in one piece. */
export type View = "key" | "identity" | "person" | "machine" | "custody";

export const views: readonly View[] = ["key", "identity", "person", "machine", "custody"];

/** Something that can be compromised as a whole, in one view. */
export interface Element {
  /** Unique in its view. */
  readonly id: string;
  readonly name: string;
  /** False where nobody could say what this holding belongs to; it then counts by itself, and the true sets may be smaller. */
  readonly known: boolean;
}

/** What a holding falls with, in a view. */
export function elementOf(holding: Holding, view: View): Element {
  const name = nameOf(holding);
  if (view === "key") return { id: holding.id, name: holding.key === undefined ? name : `${name} ${holding.id.slice(0, 8)}`, known: true };
  const group = { identity: holding.identity, person: holding.person, machine: holding.machine, custody: holding.domain }[view];
  if (group !== undefined) return { id: group, name: group, known: true };
  return { id: `unknown:${holding.id}`, name: `${words[view]} ${name}`, known: false };
}

const words = { identity: "holder unknown:", person: "owner unknown:", machine: "machine unknown:", custody: "custody unknown:" } as const;
