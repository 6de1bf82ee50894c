// SPDX-License-Identifier: Apache-2.0

/** Markup that this room wrote. Everything else is text, and is escaped on its way in. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/**
 * A template of markup. What is put into it is text, whatever it looks like, unless it is markup itself.
 *
 * @example html`<b>${"<script>"}</b>`.markup === "<b>&lt;script&gt;</b>"
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: String.raw({ raw: strings }, ...parts.map(markupOf)) };
}

function markupOf(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  if ("markup" in part) return part.markup;
  return part.map(({ markup }) => markup).join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A character that is not seen, or that turns the direction of reading, is shown by its number: what is read is what is there. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu, (character) => {
      const number = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
      return character === "\n" ? "\n" : `<i>U+${number}</i>`;
    });
}
