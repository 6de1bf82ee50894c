// SPDX-License-Identifier: Apache-2.0
import { errorText, logEvent } from "./event.ts";

/**
 * Runs a task now, and again `milliseconds` after each end, until the signal aborts: two runs never overlap. A run that fails is
 * logged as `task-failed` and does not stop the next.
 */
export function every(milliseconds: number, signal: AbortSignal, task: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    try {
      await task();
    } catch (error) {
      logEvent(process.title, "task-failed", { error: errorText(error) });
    }
    if (!signal.aborted) timer = setTimeout(run, milliseconds);
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  if (!signal.aborted) timer = setTimeout(run, 0);
}
