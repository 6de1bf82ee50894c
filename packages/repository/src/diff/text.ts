// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Difference } from "./difference.ts";

/**
 * Differences for a terminal, one a line: `+` for what comes, `-` for what goes, `~` for what becomes another. Whatever could move a cursor or turn
 * a line around is escaped: the document is not yet trusted.
 */
export function differencesText(differences: readonly Difference[]): string {
  return differences.map((difference) => `${printable(line(difference))}\n`).join("");
}

function line(difference: Difference): string {
  const { kind, subject } = difference;
  if (kind === "added") return `+ ${subject}: ${said(difference.after)}`;
  if (kind === "removed") return `- ${subject}: ${said(difference.before)}`;
  return `~ ${subject}: ${said(difference.before)} → ${said(difference.after)}`;
}

function said(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(said).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name} ${typeof item === "object" && item !== null && !Array.isArray(item) ? `(${said(item)})` : said(item)}`)
    .join(", ");
}

/** A line in which control and format characters, and separators of lines, stand in the notation of JSON. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...character.split("")].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
