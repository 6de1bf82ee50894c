// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { html, type Markup } from "./markup.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import type { Section, Shown, Table } from "./shown.ts";

/** What the page asks the browser for; see `page-script.ts`. */
export interface Asked {
  readonly ask: "get" | "create";
  readonly challenge: string;
  readonly credential?: string;
  readonly user?: string;
  readonly name?: string;
}

const digestOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing but this page's own style and script, by their digests, and requests to where it came from. In no frame. */
export const pagePolicy: string = [
  "default-src 'none'",
  `style-src ${digestOf(pageStyle)}`,
  `script-src ${digestOf(pageScript)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The one page, whole: no build, no other file, nothing from elsewhere. */
export function pageOf(shown: Shown, asked: Asked, origin: string): string {
  const { title, lead, act, sections } = shown;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${own(pageStyle)}</style>
</head>
<body data-ask="${asked.ask}" data-challenge="${asked.challenge}" data-credential="${asked.credential}" data-user="${asked.user}" data-name="${asked.name}">
<main>
<header><p class="where"><b>Countersign</b><span>served by your own machine, at ${origin.replace("http://", "")}</span></p>
<h1>${title}</h1><p class="lead">${lead}</p></header>
${sections.map(sectionOf)}
</main>
<div class="bar"><div><p id="said" role="status"></p><button id="decline" type="button">Decline</button><button id="act" type="button">${act}</button></div></div>
<script>${own(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
}

function own(markup: string): Markup {
  return { markup };
}

function sectionOf({ title, note, facts, table, folded }: Section): Markup {
  const body = html`${note === undefined ? undefined : html`<p class="note">${note}</p>`}${facts && factsOf(facts)}${table && tableOf(table)}`;
  return folded === true
    ? html`<details><summary>${title}</summary>${body}</details>\n`
    : html`<section><h2>${title}</h2>${body}</section>\n`;
}

function factsOf(facts: NonNullable<Section["facts"]>): Markup {
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${readable(value)}</dd>`)}</dl>`;
}

function tableOf({ head, rows }: Table): Markup {
  const header = html`<tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr>`;
  const lines = rows.map(({ mark, cells }) => html`<tr class="${mark}">${cells.map((cell) => html`<td>${readable(cell)}</td>`)}</tr>`);
  return html`<div class="scroll"><table><thead>${header}</thead><tbody>${lines}</tbody></table></div>`;
}

/** Digests and documents read better where each letter has the same width. */
function readable(value: string): Markup {
  if (/^[0-9a-f]{12,}$/.test(value)) return html`<code>${value}</code>`;
  return value.startsWith("{") ? html`<pre>${value}</pre>` : html`${value}`;
}
