// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { meetingOf, type Part } from "./part.ts";
import { type Link, links, type Register } from "./tenure.ts";

/** A power that is about to be granted or used on a release, and who did what to that release before. */
export interface ApartSubject {
  readonly candidate: Part;
  readonly parts: readonly Part[];
  readonly register: Register;
  /** `key`: one person is behind everything and the policy says so; then each power still takes an identity of its own. */
  readonly separation: Policy["separation"];
}

/** What each kind of way round is called where it is refused. */
const ways: Readonly<Record<Link, readonly [check: string, source: string]>> = {
  itself: ["apart/itself", "one identity, one duty"],
  owner: ["apart/owner", "duties are kept apart by owner, not by key"],
  deputy: ["apart/deputy", "a deputy who stepped in answers like an owner"],
  group: ["apart/group", "whoever is in a group has a hand in what it owns"],
  account: ["apart/account", "two accounts of one human are one"],
  past: ["apart/past", "a change of owner does not launder"],
};

/**
 * The rules that keep duties apart on one release, asked when a grant is issued and again at the act. Each looks for one way round and no other, from the plainest to
 * the most roundabout: what two hands have in common only through, say, a former owner is found by `apart/past` alone. A release whose past already breaks a rule
 * takes no further act, such as when two accounts turn out to be one human's.
 */
export const apartChecks: readonly Check<ApartSubject>[] = links.map((link, index) => {
  const [name, source] = ways[link];
  return {
    name,
    source,
    examine: ({ candidate, parts, register, separation }) => {
      const applies = separation === "owner" || link === "itself";
      const meets = (by: readonly Link[]) => meetingOf([...parts, candidate], register, candidate.at, by);
      const meeting = applies && meets(links.slice(0, index)) === undefined ? meets(links.slice(0, index + 1)) : undefined;
      return decide(
        meeting === undefined,
        `to ${candidate.power} in other hands than what conflicts with it`,
        meeting ?? (applies ? `${candidate.by} has no such part in it` : "only keys are separate here, and the policy says so"),
        "duties-meet",
        `Ask somebody to ${candidate.power} it who neither is behind the other act nor was in the last 90 days.`,
      );
    },
  };
});
