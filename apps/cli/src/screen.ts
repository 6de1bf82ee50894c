// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@countersign/trust/refusal";
import { plain } from "./plain.ts";
import { refusalText } from "./text.ts";

/** What a command has to say in the end: the same, for programs and for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
}

/** Where a command speaks. With `--json` the answer or the refusal is one JSON object on stdout, and nothing else is. */
export interface Screen {
  readonly json: boolean;
  /** Something on the way to the answer, for people only. */
  say(text: string): void;
  /** A line that the next one replaces, on stderr; shown on a terminal only. */
  progress(text: string): void;
  /** What a person has to do elsewhere before this goes on; on stderr, with `--json`, too. */
  ask(text: string): void;
  answer(answer: Answer): void;
  refuse(refusal: Refusal): void;
}

export function screenOf(json: boolean): Screen {
  const { stdout, stderr } = process;
  const live = stderr.isTTY && !json;
  const clear = (): void => void (live && stderr.write("\r\x1b[K"));
  const line = (text: string): void => {
    clear();
    stdout.write(`${text}\n`);
  };
  return {
    json,
    say: (text) => (json ? undefined : line(text)),
    progress: (text) => void (live && stderr.write(`\r\x1b[K${plain(text).slice(0, stderr.columns - 1)}`)),
    ask(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    answer: (answer) => line(json ? JSON.stringify(answer.json) : answer.text),
    refuse(refusal) {
      clear();
      if (json) line(JSON.stringify({ refusal }));
      else stderr.write(`${refusalText(refusal)}\n`);
    },
  };
}
