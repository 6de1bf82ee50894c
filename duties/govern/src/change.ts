// SPDX-License-Identifier: Apache-2.0
import { canonicalText, type Json } from "@countersign/trust/canonical";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";

/** One thing that is not as it was; null where there was nothing, or is nothing any more. */
export interface Change {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** Builder ids, as the provenance of either release names them. */
export interface Builders {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a release changes against the last one: all of it, in the order in which people should look at it. Pure. */
export function changesOf(before: Statement | undefined, after: Statement, builders: Builders): readonly Change[] {
  const was = before === undefined ? new Map<string, Json>() : shown(before, builders.before);
  const is = shown(after, builders.after);
  const fields = new Set([...is.keys(), ...was.keys()]);
  return [...fields]
    .map((field) => ({ field, before: was.get(field) ?? null, after: is.get(field) ?? null }))
    .filter((change) => canonicalText(change.before) !== canonicalText(change.after));
}

/** An order changes one thing: where the devices go that run, or may run, a release, or how soon they get it. */
export function orderChanges({ action, release, to, denials, overSeconds }: Order): readonly Change[] {
  return [{ field: action, before: release, after: to ?? (denials.length > 0 ? denials : overSeconds) }];
}

function shown(statement: Statement, builders: readonly string[]): ReadonlyMap<string, Json> {
  const { version, epoch, urgent, minimumSequence, privileges, health, rollout } = statement;
  const artifacts = statement.artifacts.map(({ platform, ...artifact }) => [`artifacts.${platform}`, artifact] as const);
  return new Map<string, Json>([
    ["version", version],
    ["epoch", epoch],
    ["urgent", urgent],
    ["builders", builders],
    ["privileges", privileges.toSorted()],
    ["health", { ...health }],
    ...artifacts,
    ["minimumSequence", minimumSequence],
    ["rollout", { ...rollout }],
  ]);
}
