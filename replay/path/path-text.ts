// SPDX-License-Identifier: Apache-2.0
import type { Incident } from "../incident.ts";
import type { PathRow } from "./replay-path.ts";

/** The table of the whole path: what refused, what was found and how long before any device could have installed it, and what else stops it. */
export function pathText(rows: readonly PathRow[], incidents: readonly Incident[]): string {
  const lines = rows.flatMap(({ id, refused, found, bits, signals, leadSeconds }) => {
    const { what = "", stoppedBy = "" } = incidents.find((incident) => incident.id === id) ?? {};
    return [
      `${id}: ${what}`,
      `      with what its attacker had: ${refused === null ? "nothing is refused on the side of releases" : `refused, ${refused}`}`,
      `      although all say yes: ${found.join(", ") || "not seen by what an observer reads"}${bits === 0 ? "" : `; ${bits.toFixed(1)} bits (${signals.join(", ")})`}`,
      ...(leadSeconds === null ? [] : [`      at least ${leadSeconds} s before the first device could have installed it`]),
      `      besides: ${stoppedBy}`,
    ];
  });
  const found = rows.filter((row) => row.found.length > 0);
  const soaking = found.filter(({ leadSeconds }) => leadSeconds !== null);
  return [
    "The whole path, in one world on the app profile with its soak of an hour",
    ...lines,
    `${found.length} of ${rows.length} incidents are found, ${soaking.length} of them while a release soaks`,
  ].join("\n");
}
