// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Registered } from "../identity.ts";
import { peopleOf } from "../register-checks.ts";
import { type Handover, ownerless } from "./cascade.ts";

/** Somebody is about to be offboarded. */
export interface OffboardSubject {
  readonly candidate: { readonly person: string; readonly handovers: readonly Handover[] };
  /** Who says so. */
  readonly by: string;
  readonly policy: Policy;
  readonly left: readonly string[];
  readonly identities: readonly Registered[];
}

export const offboardChecks: readonly Check<OffboardSubject>[] = [
  {
    name: "offboard/person",
    source: "one leaves once",
    examine: ({ candidate: { person }, policy, left }) => {
      const people = peopleOf(policy);
      const known = people.includes(person) && !left.includes(person);
      return decide(
        known,
        "a person of the policy who is there",
        left.includes(person) ? `${person}, who has left` : person,
        "unknown-person",
        `Name one of ${people.filter((each) => !left.includes(each)).join(", ")}.`,
      );
    },
  },
  {
    name: "offboard/another",
    source: "whoever leaves does not choose what stays behind",
    examine: ({ candidate: { person }, by }) =>
      decide(by !== person, `anybody but ${person}`, by, "offboard-own", "Ask somebody else to do it: --as NAME"),
  },
  {
    name: "offboard/nothing-ownerless",
    source: "NHI1: afterwards everything has an owner and a deputy who are there",
    examine: ({ candidate: { person, handovers }, policy, left, identities }) => {
      const people = peopleOf(policy).filter((each) => each !== person && !left.includes(each));
      const orphans = ownerless(
        identities.map((identity) => afterwards(identity, handovers)),
        people,
      );
      return decide(
        orphans.length === 0,
        "an owner and a deputy for everything that is not retired",
        orphans.join(", ") || "each has them",
        "ownerless",
        "Hand these over first, or retire them: countersign identity transfer",
      );
    },
  },
];

function afterwards(identity: Registered, handovers: readonly Handover[]): Registered {
  const handover = handovers.find(({ identity: name }) => name === identity.name);
  if (handover === undefined) return identity;
  if (handover.to === "retired") return { ...identity, status: "retired" };
  return { ...identity, owner: handover.owner, deputy: handover.deputy };
}

/** A person who is about to do something that people of the policy may. */
export interface PresentSubject {
  readonly candidate: string;
  readonly left: readonly string[];
  /** Whether a review took their power on this channel away, or let it lapse. */
  readonly withheld: boolean;
}

/** What is asked of a person besides their signature: a policy takes days to change, and govern does not wait for it. */
export const presentChecks: readonly Check<PresentSubject>[] = [
  {
    name: "person/left",
    source: "NHI1: whoever left has left at once, whatever the policy still says",
    examine: ({ candidate, left }) =>
      decide(
        !left.includes(candidate),
        "somebody who is there",
        left.includes(candidate) ? `${candidate}, who has left` : candidate,
        "person-left",
        "Somebody else must do it.",
      ),
  },
  {
    name: "person/withheld",
    source: "NHI1: what nobody confirms lapses, people's powers too",
    examine: ({ candidate, withheld }) =>
      decide(
        !withheld,
        "somebody whose power was confirmed",
        withheld ? `${candidate}, whose power on this channel lapsed or was taken away` : candidate,
        "power-withheld",
        "Have another person confirm it: countersign review confirm",
      ),
  },
];
