// SPDX-License-Identifier: Apache-2.0

/**
 * Somebody answered for somebody or something for a time: as the owner of an identity; as its deputy, from the moment they stepped in, since until then a
 * deputy holds nothing; as a member of a group, or of an account that several share. Times are Unix milliseconds; `until` is null as long as it lasts.
 */
export interface Tenure {
  readonly of: string;
  readonly by: string;
  readonly as: "owner" | "deputy" | "member";
  readonly from: number;
  readonly until: number | null;
}

/** All that the register knows, and ever knew, about who is behind whom. */
export interface Register {
  readonly tenures: readonly Tenure[];
  /** Names of one human each. What was ever declared stays: an account is not taken back by saying that it is another's. */
  readonly accounts: readonly (readonly [string, string])[];
}

/** By what somebody is behind an identity, from the plainest to the most roundabout. */
export const links = ["itself", "owner", "deputy", "group", "account", "past"] as const;

export type Link = (typeof links)[number];

/** How long before an act somebody must have let go of an identity to have had no part in it: 90 days. */
export const tenureMemoryMilliseconds: number = 90 * 86_400_000;

/** When an act was, and when it is asked about: with `past`, whoever was behind it shortly before the one, or since until the other, counts. */
export interface Span {
  readonly at: number;
  readonly now: number;
}

/**
 * The names behind a name by these links: itself; its owner now, a deputy who stepped in, members of a group; the one human behind several accounts; and
 * with `past`, whoever was any of these from `tenureMemoryMilliseconds` before the act until now. Two names with something in common are in one hand.
 */
export function behind(register: Register, name: string, span: Span, by: readonly Link[]): ReadonlySet<string> {
  const human = by.includes("account") ? humansIn(register) : (each: string) => each;
  const reached = new Set([human(name)]);
  const counting = register.tenures.filter((tenure) => counts(tenure, span, by));
  const walk = (): boolean => {
    const before = reached.size;
    for (const tenure of counting) if (reached.has(human(tenure.of))) reached.add(human(tenure.by));
    return reached.size > before;
  };
  while (walk());
  return reached;
}

function counts({ as, from, until }: Tenure, { at, now }: Span, by: readonly Link[]): boolean {
  if (!by.includes(as === "member" ? "group" : as)) return false;
  if (from <= now && (until === null || until > now)) return true;
  return by.includes("past") && from <= now && (until === null || until >= at - tenureMemoryMilliseconds);
}

/** One name for each human: the first, in the order of texts, of all that are declared to be theirs. */
function humansIn({ accounts }: Register): (name: string) => string {
  const same = new Map<string, Set<string>>();
  for (const [one, other] of accounts) {
    const all = new Set([one, other, ...(same.get(one) ?? []), ...(same.get(other) ?? [])]);
    for (const each of all) same.set(each, all);
  }
  return (name) => [...(same.get(name) ?? [name])].sort()[0] ?? name;
}
