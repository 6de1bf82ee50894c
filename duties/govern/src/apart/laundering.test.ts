// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "@countersign/trust/check";
import fc from "fast-check";
import { apartChecks } from "./apart-checks.ts";
import type { Power } from "./conflicts.ts";
import { changeOfHandsChecks } from "./holding-checks.ts";
import type { Part } from "./part.ts";
import type { Register, Tenure } from "./tenure.ts";

// A world of names, played twice: once with the checks of this room, and once as it is: who, at each moment, could use which identity.
const accounts = ["ana", "ben", "ana-private"] as const;
const identities = ["ci", "bot"] as const;
const groups = ["releasers"] as const;

const human = (account: string): string => account.replace("-private", "");
const actor = fc.constantFrom(...accounts, ...identities);

type Move =
  | { readonly kind: "part"; readonly power: Power; readonly by: string }
  | { readonly kind: "owner"; readonly of: string; readonly to: string }
  | { readonly kind: "deputy"; readonly of: string; readonly to: string | null }
  | { readonly kind: "member"; readonly who: string; readonly joins: boolean };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant("part" as const),
    power: fc.constantFrom<Power>("propose", "approve"), // every conflict is the same rule
    by: actor,
  }),
  fc.record({ kind: fc.constant("owner" as const), of: fc.constantFrom(...identities), to: fc.constantFrom(...accounts, ...groups) }),
  fc.record({
    kind: fc.constant("deputy" as const),
    of: fc.constantFrom(...identities),
    to: fc.option(fc.constantFrom(...accounts)),
  }),
  fc.record({ kind: fc.constant("member" as const), who: fc.constantFrom(...accounts), joins: fc.boolean() }),
);

/** The world as it is: nothing is remembered but who used what. */
class World {
  readonly owners = new Map<string, string>(identities.map((identity) => [identity, `first-of-${identity}`]));
  readonly deputies = new Map<string, string>();
  readonly members = new Set<string>();
  readonly used: { readonly power: Power; readonly by: string; readonly hands: ReadonlySet<string> }[] = [];

  hands(name: string): ReadonlySet<string> {
    if (name === "releasers") return new Set([...this.members].map(human));
    const owner = this.owners.get(name);
    if (owner === undefined) return new Set([human(name)]);
    const deputy = this.deputies.get(name);
    return new Set([name, ...this.hands(owner), ...(deputy === undefined ? [] : [human(deputy)])]);
  }
}

/** The register as acts write it. */
class Books {
  readonly register: { readonly tenures: Tenure[]; readonly accounts: Register["accounts"] } = {
    tenures: identities.map((of) => ({ of, by: `first-of-${of}`, as: "owner", from: 0, until: null })),
    accounts: [["ana", "ana-private"]],
  };

  after(of: string, as: Tenure["as"], by: string | null, now: number, only?: string): Tenure[] {
    const ended = this.register.tenures.map((tenure) =>
      tenure.of === of && tenure.as === as && tenure.until === null && (only === undefined || tenure.by === only)
        ? { ...tenure, until: now }
        : tenure,
    );
    return by === null ? ended : [...ended, { of, by, as, from: now, until: null }];
  }
}

test("property: no sequence of changes of owner, deputy and group lets one human use two conflicting duties on one release", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      const [world, books] = [new World(), new Books()];
      const parts: Part[] = [];
      for (const [index, each] of moves.entries()) {
        const now = (index + 1) * 86_400_000;
        if (each.kind === "part") {
          const candidate = { power: each.power, by: each.by, at: now };
          if (!judge({ candidate, parts, register: books.register, separation: "owner" }, apartChecks).outcome.ok) continue;
          parts.push(candidate);
          world.used.push({ power: each.power, by: each.by, hands: world.hands(each.by) });
        } else {
          const after =
            each.kind === "member"
              ? books.after("releasers", "member", each.joins ? each.who : null, now, each.who)
              : books.after(each.of, each.kind, each.to, now);
          const subject = {
            candidate: { identity: each.kind === "member" ? "releasers" : each.of, to: "somebody" },
            releases: [parts],
            before: { ...books.register },
            after: { ...books.register, tenures: after },
            separation: "owner" as const,
            now,
          };
          if (!judge(subject, changeOfHandsChecks).outcome.ok) continue;
          books.register.tenures.splice(0, books.register.tenures.length, ...after);
          if (each.kind === "owner") world.owners.set(each.of, each.to);
          else if (each.kind === "member") each.joins ? world.members.add(each.who) : world.members.delete(each.who);
          else if (each.to === null) world.deputies.delete(each.of);
          else world.deputies.set(each.of, each.to);
        }
      }
      const hands = (power: Power): readonly string[] =>
        world.used.filter((each) => each.power === power).flatMap((each) => [...each.hands, ...world.hands(each.by)]); // then and now
      const approving = new Set(hands("approve"));
      assert.deepEqual(
        hands("propose").filter((name) => approving.has(name)),
        [],
      );
    }),
    { numRuns: 3000 },
  );
});
