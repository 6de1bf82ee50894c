// SPDX-License-Identifier: Apache-2.0
import type { ChannelQuorums, PolicyEffect, Quorum } from "@countersign/release/policy-effect";
import type { Difference } from "@countersign/repository/diff/difference";
import { differencesText } from "@countersign/repository/diff/text";
import { type Cell, table } from "./table.ts";
import { bold } from "./text.ts";

/** Who is enough to start and to stop, a channel under another. */
export function quorumsText(channels: Readonly<Record<string, ChannelQuorums>>): string {
  return Object.entries(channels)
    .map(([channel, { start, stop }]) => `${bold(`channel ${channel}`)}\n${table(["to", "it takes", "of"], [...start, ...stop].map(row))}`)
    .join("\n\n");
}

function row({ act, takes, of }: Quorum): readonly Cell[] {
  return [act, String(takes), of.join(", ") || "nobody"];
}

/** What a new policy changes about quorums, what loosens first. */
export function effectText({ numbers, voices, coolingOffSeconds }: PolicyEffect, now: number): string {
  const looserFirst = numbers.toSorted((a, b) => Number(b.looser) - Number(a.looser));
  const changes = looserFirst.map(({ channel, number, before, after, looser }): readonly Cell[] => [
    looser ? ["red", "looser"] : ["green", "tighter"],
    channel ?? "all",
    number,
    `${before} → ${after}`,
  ]);
  const heard = voices.map(({ channel, act, who, gains }): readonly Cell[] => [
    gains ? ["yellow", "may now"] : ["dim", "may no more"],
    channel,
    act,
    who,
  ]);
  const rows = [...changes, ...heard];
  return [
    rows.length === 0 ? "No quorum changes." : table(["", "channel", "what", ""], rows),
    `What narrows acts at once. What widens waits ${coolingOffSeconds} s from when its targets are in the ledger: not before ${day(now + coolingOffSeconds * 1000)}.`,
  ].join("\n\n");
}

/** Line by line; a line after which somebody can do what they could not says what that is. */
export function changesText(changes: readonly (Difference & { readonly grows: string | null })[]): string {
  return changes.map((line) => `${differencesText([line]).trimEnd()}${line.grows === null ? "" : ` (grows: ${line.grows})`}\n`).join("");
}

function day(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16)}Z`;
}
