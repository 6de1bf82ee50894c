// SPDX-License-Identifier: Apache-2.0
import { numbersOf, principalOf } from "@countersign/trust/policy/policy";
import { looserIn, type ProfileNumbers, profileDefaults } from "@countersign/trust/policy/profile";
import { ownersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { atom, holds, substitute } from "./formula.ts";
import { type Holding, holdings, type Known } from "./inventory.ts";
import { type Bounds, minimalSets } from "./minimal-sets.ts";
import type { Authorities } from "./trusted-keys.ts";
import { type Element, elementOf, type View, views } from "./view.ts";
import type { ChannelUnder, Goal, Way } from "./way.ts";
import { waysOf } from "./ways.ts";

/** A minimal set, and what would show that it was used; empty where nothing would. */
export interface Compromise {
  readonly elements: readonly Element[];
  readonly seen: readonly string[];
}

/** One way, counted in one view. */
export interface Reach {
  readonly goal: Goal;
  readonly way: string;
  readonly does: string;
  readonly view: View;
  /** The smallest first. */
  readonly sets: readonly Compromise[];
  /** Of how many elements the smallest is; null where none was found. */
  readonly smallest: number | null;
  /** All minimal sets of up to so many elements are there; null where that is all of them. */
  readonly upTo: number | null;
  /** Of the elements that matter here, how many belong to nobody knows what: with them known, sets can only become smaller. */
  readonly unknown: number;
}

/** What it would take, of a channel, in every view. */
export interface BlastRadius {
  readonly channel: string;
  readonly profile: string;
  readonly policyVersion: number;
  /** In what the channel is looser than its profile's defaults. */
  readonly loosened: readonly Loosened[];
  readonly reaches: readonly Reach[];
  readonly holdings: readonly Holding[];
}

/** A number of a channel below the default of its profile. */
export interface Loosened {
  readonly number: keyof ProfileNumbers;
  readonly given: number;
  readonly usual: number;
}

function loosenedIn({ policy, rules, targets, channel }: ChannelUnder): readonly Loosened[] {
  const usual = profileDefaults[rules.profile];
  const role = targets.delegations?.roles.find(({ name }) => name === channel);
  const signers = ownersOf(role?.keyids ?? [], (keyid) => principalOf(policy, keyid)).length;
  const given: Partial<ProfileNumbers> = { ...numbersOf(policy, rules), signers, threshold: role?.threshold ?? 0 };
  return looserIn(given, usual).map((number) => ({ number, given: given[number] ?? 0, usual: usual[number] }));
}

/** The channel under its documents; refused where the policy has no such channel. */
export function channelUnder(authorities: Authorities, channel: string): Outcome<ChannelUnder> {
  const rules = authorities.policy.channels[channel];
  if (rules !== undefined) return accept({ ...authorities, channel, rules });
  return refuse(
    "unknown-channel",
    Object.keys(authorities.policy.channels).join(" or "),
    channel,
    "Name a channel that the policy knows; countersign trust lists them.",
  );
}

/** Computes every minimal set, by way and view. Pure: the same documents and records give the same answer. */
export function blastRadius(authorities: Authorities, known: Known, channel: string, bounds?: Bounds): Outcome<BlastRadius> {
  const under = channelUnder(authorities, channel);
  if (!under.ok) return under;
  const held = holdings(authorities, known);
  const ways = waysOf(under.value);
  const { profile } = under.value.rules;
  return accept({
    channel,
    profile,
    policyVersion: authorities.policy.version,
    loosened: loosenedIn(under.value),
    reaches: ways.flatMap((way) => views.map((view) => reach(way, view, held, bounds))),
    holdings: held,
  });
}

function reach({ goal, name: way, does, takes, sights }: Way, view: View, held: readonly Holding[], bounds?: Bounds): Reach {
  const elements = new Map(held.map((holding) => [holding.id, elementOf(holding, view)]));
  const named = new Map([...elements.values()].map((element) => [element.id, element]));
  const elementFor = (id: string): Element => elements.get(id) ?? { id: `unknown:${id}`, name: id, known: false };
  const counted = substitute(takes, (id) => atom(elementFor(id).id));
  const { sets, upTo } = minimalSets(counted, bounds);
  const matter = new Set(sets.flat());
  return {
    goal,
    way,
    does,
    view,
    sets: sets.map((set) => ({
      elements: set.map((id) => named.get(id) ?? elementFor(id)),
      seen: sights.filter(({ unless }) => !holds(unless, (id) => set.includes(elementFor(id).id))).map(({ says }) => says),
    })),
    smallest: sets[0]?.length ?? null,
    upTo,
    unknown: [...matter].filter((id) => named.get(id)?.known === false).length,
  };
}

/** Sets of one: who or what is enough alone. Those that put code on devices come first. */
export function setsOfOne({ reaches }: BlastRadius): readonly (Reach & { readonly element: Element; readonly seen: readonly string[] })[] {
  return reaches.flatMap((reach) =>
    reach.sets.flatMap(({ elements: [element, ...others], seen }) =>
      element === undefined || others.length > 0 ? [] : [{ ...reach, element, seen }],
    ),
  );
}

/** The size of the smallest set of these reaches; null where there is none of any size that was looked at. */
export function smallestOf(reaches: readonly Reach[]): number | null {
  const sizes = reaches.flatMap(({ smallest }) => (smallest === null ? [] : [smallest]));
  return sizes.length === 0 ? null : Math.min(...sizes);
}
