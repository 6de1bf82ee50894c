// SPDX-License-Identifier: Apache-2.0

/** What may stand beside an event: plain values, and never a secret. */
export type EventFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one event as one JSON line on stderr, with the time. The names of a duty's events are part of what it promises. */
export function logEvent(duty: string, event: string, fields: EventFields = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), duty, event, ...fields })}\n`);
}

/** What an error says, with what caused it, on one line and without a stack. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${errorText(error.cause)}`;
}
