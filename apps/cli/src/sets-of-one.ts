// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "@countersign/world/plan";

/** Someone or something that is enough alone, and for what. */
export interface SetOfOne {
  readonly who: string;
  readonly can: string;
}

/** What a plan leaves to a single owner or machine, worst first: said at the start, when it is cheap to change. */
export function setsOfOne({ separation, people, builder, publish }: Plan): readonly SetOfOne[] {
  const [person] = people;
  return [
    {
      who: "this machine",
      can: "ship anything: it holds every key, in files. Before real use, move each holder's directory to a machine of its own",
    },
    ...(separation === "key" && person !== undefined
      ? [{ who: person, can: "ship anything: duties are apart by key and process, not by owner" }]
      : []),
    { who: builder.owner, can: "put into a build what its source does not say: nobody else rebuilds it" },
    { who: publish.owner, can: "hold releases back, by stopping publish, ledger or govern; start none" },
  ];
}
