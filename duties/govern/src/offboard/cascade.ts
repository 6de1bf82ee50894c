// SPDX-License-Identifier: Apache-2.0
import type { Registered } from "../identity.ts";

/** Who may take over what, and who is there. */
export interface Staff {
  /** People of the policy who have not left, without the one who leaves. */
  readonly people: readonly string[];
  /** Whether somebody may own an identity, by what they own and did. */
  readonly mayHold: (identity: Registered, owner: string) => boolean;
}

/** What becomes of one identity when somebody leaves. */
export type Handover =
  /** Suspended, until another person renews it, and in these hands from now on. */
  | { readonly identity: string; readonly to: "hands"; readonly owner: string; readonly deputy: string }
  /** It goes on; its deputy left. */
  | { readonly identity: string; readonly to: "deputy"; readonly owner: string; readonly deputy: string }
  /** Nobody may have it: it ends. */
  | { readonly identity: string; readonly to: "retired" };

/**
 * What becomes of every identity that a leaver owns or stands in for. Its deputy comes first, then whoever may own it; where nobody may,
 * it is retired. So nothing stays ownerless.
 */
export function cascadeOf(leaver: string, identities: readonly Registered[], { people, mayHold }: Staff): readonly Handover[] {
  return identities
    .filter(({ status, owner, deputy }) => status !== "retired" && (owner === leaver || deputy === leaver))
    .map((identity): Handover => {
      const { name, owner, deputy } = identity;
      const heirs = owner === leaver ? [deputy, ...people.filter((person) => person !== deputy)] : [owner];
      const heir = heirs.find((person) => people.includes(person) && (person === owner || mayHold(identity, person)));
      const others = people.filter((person) => person !== heir);
      const next = others.find((person) => person === deputy) ?? others[0] ?? heir; // the last one there stands alone, and it is suspended
      if (heir === undefined || next === undefined) return { identity: name, to: "retired" };
      return { identity: name, to: owner === leaver || next === heir ? "hands" : "deputy", owner: heir, deputy: next };
    });
}

/** Identities that are not retired and have no owner, or no deputy, among the people who are there. Empty at all times: whoever leaves, leaves nothing behind. */
export function ownerless(identities: readonly Registered[], people: readonly string[]): readonly string[] {
  const alone = people.length === 1;
  return identities
    .filter(({ status }) => status !== "retired")
    .filter(({ owner, deputy }) => !people.includes(owner) || !people.includes(deputy) || (owner === deputy && !alone))
    .map(({ name }) => name);
}
