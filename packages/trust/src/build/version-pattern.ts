// SPDX-License-Identifier: Apache-2.0

/** The only pattern that a rule may have: in every text of it, but not in names of members, `{version}` stands for the version of the release. */
export function withVersion<T>(value: T, version: string): T {
  return filled(value, version) as T; // the same shape: only texts are replaced, by texts
}

function filled(value: unknown, version: string): unknown {
  if (typeof value === "string") return value.replaceAll("{version}", () => version);
  if (Array.isArray(value)) return value.map((item) => filled(item, version));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, version)]));
}
