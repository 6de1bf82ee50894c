// SPDX-License-Identifier: Apache-2.0
import type { TargetRecord } from "./logbook.ts";

const quietSeconds = 60;

/** Tells how far a run is: on a terminal in one line that changes, elsewhere in a line a minute. */
export function progressLine(out: NodeJS.WriteStream): (records: ReadonlyMap<string, TargetRecord>, findings: number) => void {
  const began = performance.now();
  let told = 0;
  return (records, findings) => {
    const seconds = (performance.now() - began) / 1000;
    if (!out.isTTY && seconds - told < quietSeconds) return;
    told = seconds;
    const answers = [...records.values()].reduce((total, record) => total + record.answers, 0);
    const line = `${Math.round(seconds)} s  ${executionsOf(records)} executions  ${answers} different answers  ${findings} findings`;
    out.write(out.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  };
}

export function executionsOf(records: ReadonlyMap<string, TargetRecord>): number {
  return [...records.values()].reduce((total, { executions }) => total + executions, 0);
}
