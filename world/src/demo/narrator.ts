// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";

/** How a story is told: to people as text, to programs as one JSON object a line. */
export interface Narrator {
  title(text: string, below: string): void;
  chapter(text: string): void;
  /** Someone did something. */
  say(actor: string, text: string): void;
  /** Evidence under the line before. */
  detail(text: string): void;
  /** A line that is replaced by the next one, where the output is a terminal. */
  progress(text: string): void;
  table(title: string, rows: readonly (readonly string[])[]): void;
}

const actorWidth = 12;

export function textNarrator(out: NodeJS.WriteStream): Narrator {
  const style = (format: Parameters<typeof styleText>[0], text: string): string => styleText(format, text, { stream: out });
  const line = (text: string): void => {
    if (out.isTTY) out.write("\r\x1b[K");
    out.write(`${text}\n`);
  };
  let chapters = 0;
  return {
    title: (text, below) => line(`\n${style("bold", text)}\n${below}`),
    chapter: (text) => line(`\n${style(["bold", "cyan"], `${++chapters}. ${text}`)}`),
    say: (actor, text) => line(`  ${style("bold", actor.padEnd(actorWidth))} ${text}`),
    detail: (text) => line(`  ${" ".repeat(actorWidth)} ${style("dim", text)}`),
    progress: (text) => {
      if (out.isTTY) out.write(`\r\x1b[K  ${" ".repeat(actorWidth)} ${style("dim", text)}`);
    },
    table: (title, rows) => {
      line(`\n${style("bold", title)}`);
      const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
      for (const row of rows)
        line(
          `  ${row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join("  ")
            .trimEnd()}`,
        );
    },
  };
}

export function jsonNarrator(out: NodeJS.WriteStream): Narrator {
  const event = (fields: Readonly<Record<string, unknown>>): void => void out.write(`${JSON.stringify(fields)}\n`);
  return {
    title: (text, below) => event({ event: "title", text, below }),
    chapter: (text) => event({ event: "chapter", text }),
    say: (actor, text) => event({ event: "said", actor, text }),
    detail: (text) => event({ event: "detail", text }),
    progress: () => undefined,
    table: (title, rows) => event({ event: "table", title, rows }),
  };
}

/** For those who are only interested in how it ends. */
export const mute: Narrator = {
  title: () => undefined,
  chapter: () => undefined,
  say: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
  table: () => undefined,
};
