// SPDX-License-Identifier: Apache-2.0

/** Collects an option that may be given several times. */
export function each(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
