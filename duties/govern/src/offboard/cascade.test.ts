// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Registered } from "../identity.ts";
import { cascadeOf, type Handover, ownerless } from "./cascade.ts";

const staff = ["ana", "ben", "cleo", "dan"] as const;
const identityOf = (name: string, owner: string, deputy: string, status: Registered["status"] = "active"): Registered =>
  ({ name, owner, deputy, status }) as Registered; // the cascade looks at nothing else

/** The register after some handovers. */
function after(identities: readonly Registered[], handovers: readonly Handover[]): readonly Registered[] {
  return identities.map((identity) => {
    const each = handovers.find((handover) => handover.identity === identity.name);
    if (each === undefined) return identity;
    if (each.to === "retired") return { ...identity, status: "retired" };
    return { ...identity, owner: each.owner, deputy: each.deputy, status: each.to === "hands" ? "suspended" : identity.status };
  });
}

const anybody = () => true;
const without = (leaver: string): readonly string[] => staff.filter((person) => person !== leaver);

test("what a leaver owned is suspended in the hands of its deputy, who gets another", () => {
  const [handover] = cascadeOf("dan", [identityOf("ci", "dan", "ana")], { people: without("dan"), mayHold: anybody });
  assert.deepEqual(handover, { identity: "ci", to: "hands", owner: "ana", deputy: "ben" });
});

test("where the deputy may not hold it, somebody else who may has it; where nobody may, it ends", () => {
  const ci = [identityOf("ci", "dan", "ana")];
  const only = (person: string) => cascadeOf("dan", ci, { people: without("dan"), mayHold: (_, owner) => owner === person })[0];
  assert.deepEqual(only("cleo"), { identity: "ci", to: "hands", owner: "cleo", deputy: "ana" });
  assert.deepEqual(only("nobody"), { identity: "ci", to: "retired" });
});

test("what a leaver was deputy of goes on with another deputy; what is retired and what is others' stays as it is", () => {
  const identities = [identityOf("ci", "ana", "dan"), identityOf("old", "dan", "ana", "retired"), identityOf("bot", "ben", "cleo")];
  assert.deepEqual(cascadeOf("dan", identities, { people: without("dan"), mayHold: anybody }), [
    { identity: "ci", to: "deputy", owner: "ana", deputy: "ben" },
  ]);
});

test("the last one who is left stands alone for what goes on, and it is suspended", () => {
  const identities = [identityOf("ci", "ana", "ben"), identityOf("bot", "ben", "ana")];
  const handovers = cascadeOf("ben", identities, { people: ["ana"], mayHold: anybody });
  assert.deepEqual(
    after(identities, handovers).map(({ name, owner, status }) => [name, owner, status]),
    [
      ["ci", "ana", "suspended"],
      ["bot", "ana", "suspended"],
    ],
  );
});

test("property: whoever leaves, in whatever order, and whoever may hold what, nothing is ownerless afterwards", () => {
  const register = fc.array(
    fc.record({
      owner: fc.constantFrom(...staff),
      step: fc.integer({ min: 1, max: 3 }),
      status: fc.constantFrom<Registered["status"]>("active", "suspended", "retired"),
    }),
    { maxLength: 8 },
  );
  const leavers = fc.shuffledSubarray([...staff], { maxLength: 3 });
  fc.assert(
    fc.property(register, leavers, fc.func(fc.boolean()), (drawn, leaving, may) => {
      let identities: readonly Registered[] = drawn.map(({ owner, step, status }, index) =>
        identityOf(`i${index}`, owner, staff[(staff.indexOf(owner) + step) % staff.length] ?? "", status),
      );
      let people: readonly string[] = staff;
      for (const leaver of leaving) {
        people = people.filter((person) => person !== leaver);
        const handovers = cascadeOf(leaver, identities, { people, mayHold: ({ name }, owner) => may(name, owner) });
        const next = after(identities, handovers);
        assert.deepEqual(ownerless(next, people), []);
        for (const [index, identity] of identities.entries()) {
          if (identity.owner === leaver && identity.status !== "retired")
            assert.notEqual(next[index]?.status, "active", "what a leaver owned does not go on by itself");
          if (identity.status === "retired") assert.equal(next[index], identity);
        }
        identities = next;
      }
    }),
    { numRuns: 2000 },
  );
});
