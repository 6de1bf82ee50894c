// SPDX-License-Identifier: Apache-2.0

/**
 * A non-negative integer as C2SP formats print it: ASCII digits, no leading zero, at most 2^53-1.
 *
 * `Number` alone also reads `""`, `" 7 "`, `0x10` and `1e3`.
 */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
