// SPDX-License-Identifier: Apache-2.0

/** Whether a value read from disk is an object whose members have these types, as `typeof` names them. */
export function hasShape<K extends string>(value: unknown, shape: Readonly<Record<K, string>>): value is Record<K, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(shape).every(([key, type]) => typeof Reflect.get(value, key) === type);
}
