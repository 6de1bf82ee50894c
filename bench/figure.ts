// SPDX-License-Identifier: Apache-2.0

/** One promise with the number that was measured for it. */
export interface Figure {
  readonly figure: string;
  readonly measured: string;
  readonly limit: string;
  /** `none`: shown for comparison only. `unmeasured`: it could not be measured, and `measured` says why. */
  readonly verdict: "kept" | "missed" | "unmeasured" | "none";
}

/** A number against the most that it may be. */
export function atMost(figure: string, value: number, limit: number, show: (value: number) => string): Figure {
  return { figure, measured: show(value), limit: `<= ${show(limit)}`, verdict: value <= limit ? "kept" : "missed" };
}

export function atLeast(figure: string, value: number, limit: number, show: (value: number) => string): Figure {
  return { figure, measured: show(value), limit: `>= ${show(limit)}`, verdict: value >= limit ? "kept" : "missed" };
}

export function unmeasured(figure: string, limit: string, why: string): Figure {
  return { figure, measured: why, limit, verdict: "unmeasured" };
}

/** A number without a limit, for comparison. */
export function shown(figure: string, measured: string): Figure {
  return { figure, measured, limit: "", verdict: "none" };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

export const milliseconds = (value: number): string => (value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(1)} ms`);
export const mebibytes = (value: number): string => `${(value / 2 ** 20).toFixed(1)} MiB`;
export const times = (value: number): string => `${value.toFixed(2)} x`;
export const count = (value: number): string => value.toLocaleString("en");

export function bytes(value: number): string {
  return value >= 2 ** 20 ? mebibytes(value) : value >= 10_240 ? `${(value / 1024).toFixed(1)} KiB` : `${value} B`;
}
