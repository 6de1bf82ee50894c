// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "@countersign/trust/check";
import { apartChecks } from "./apart-checks.ts";
import { conflicts, type Power } from "./conflicts.ts";
import { changeOfHandsChecks, type Holding, holdingChecks } from "./holding-checks.ts";
import type { Part } from "./part.ts";
import { type Register, type Tenure, tenureMemoryMilliseconds } from "./tenure.ts";

const day = 86_400_000;
const now = 1000 * day;
const part = (power: Power, by: string, at = now - day): Part => ({ power, by, at });
const tenure = (of: string, by: string, as: Tenure["as"] = "owner", from = 0, until: number | null = null): Tenure => ({
  of,
  by,
  as,
  from,
  until,
});
const registerOf = (tenures: readonly Tenure[], accounts: Register["accounts"] = []): Register => ({ tenures, accounts });

/** The check that refuses; undefined where none does. Without that check nothing does, so each way round has one rule. */
function refusedBy(register: Register, candidate: Part, parts: readonly Part[], separation: "owner" | "key" = "owner"): string | undefined {
  const subject = { candidate, parts, register, separation };
  const refusing = apartChecks.filter((check) => !check.examine(subject).ok).map(({ name }) => name);
  assert.ok(refusing.length <= 1, `one rule for each way round, not ${refusing.join(", ")}`);
  assert.equal(judge(subject, apartChecks).outcome.ok, refusing.length === 0);
  return refusing[0];
}

test("two conflicting duties on one release never meet in one identity, whatever they are", () => {
  for (const {
    powers: [one, other],
  } of conflicts) {
    assert.equal(refusedBy(registerOf([]), part(one, "x", now), [part(other, "x")]), "apart/itself");
    assert.equal(refusedBy(registerOf([]), part(other, "x", now), [part(one, "x")]), "apart/itself");
    assert.equal(refusedBy(registerOf([]), part(other, "x", now), [part(one, "y")]), undefined);
  }
  assert.equal(refusedBy(registerOf([]), part("approve", "x", now), [part("sign", "x")]), undefined, "these do not conflict");
});

test("attack: approving what an identity of one's own proposed, or what is owned by an identity that one owns", () => {
  const owned = registerOf([tenure("ci", "ana")]);
  assert.equal(refusedBy(owned, part("approve", "ana", now), [part("propose", "ci")]), "apart/owner");
  assert.equal(refusedBy(owned, part("approve", "ben", now), [part("propose", "ci")]), undefined);
  const nested = registerOf([tenure("job", "ci"), tenure("ci", "ana")]);
  assert.equal(refusedBy(nested, part("approve", "ana", now), [part("propose", "job")]), "apart/owner");
  const both = registerOf([tenure("builder", "ana"), tenure("signer", "ana")]);
  assert.equal(refusedBy(both, part("sign", "signer", now), [part("build", "builder")]), "apart/owner");
});

test("attack: approving as the deputy who stepped in; a deputy who did not holds nothing", () => {
  const stood = registerOf([tenure("ci", "dan"), tenure("ci", "ana", "deputy", now - 5 * day)]);
  assert.equal(refusedBy(stood, part("approve", "ana", now), [part("propose", "ci")]), "apart/deputy");
  assert.equal(refusedBy(registerOf([tenure("ci", "dan")]), part("approve", "ana", now), [part("propose", "ci")]), undefined);
});

test("attack: an approver in the group that owns the request (Vault #19214)", () => {
  const group = registerOf([tenure("ci", "releasers"), tenure("releasers", "ana", "member"), tenure("releasers", "ben", "member")]);
  for (const member of ["ana", "ben"])
    assert.equal(refusedBy(group, part("approve", member, now), [part("propose", "ci")]), "apart/group", member);
  assert.equal(refusedBy(group, part("approve", "cleo", now), [part("propose", "ci")]), undefined);
});

test("attack: approving by a second account, also where several declarations lie between the two", () => {
  const register = registerOf(
    [tenure("ci", "ana")],
    [
      ["ana", "ana-private"],
      ["ana-old", "ana-private"],
    ],
  );
  for (const account of ["ana-private", "ana-old"])
    assert.equal(refusedBy(register, part("approve", account, now), [part("propose", "ci")]), "apart/account", account);
  assert.equal(refusedBy(register, part("approve", "ben", now), [part("propose", "ci")]), undefined);
});

test("attack: giving an identity away before or after it proposed, and approving then", () => {
  const given = (from: number, until: number): Register =>
    registerOf([tenure("ci", "ana", "owner", from, until), tenure("ci", "dan", "owner", until)]);
  const approves = part("approve", "ana", now);
  assert.equal(refusedBy(given(0, now - day / 2), approves, [part("propose", "ci")]), "apart/past", "after it proposed");
  assert.equal(refusedBy(given(0, now - 2 * day), approves, [part("propose", "ci")]), "apart/past", "shortly before");
  const long = given(0, now - day - tenureMemoryMilliseconds - 1);
  assert.equal(refusedBy(long, approves, [part("propose", "ci")]), undefined, "long before");
  const taken = registerOf([tenure("ci", "dan", "owner", 0, now - day / 2), tenure("ci", "ana", "owner", now - day / 2)]);
  assert.equal(refusedBy(taken, approves, [part("propose", "ci")]), "apart/owner", "taking it over afterwards");
});

test("attack: leaving a group, or a deputy's seat, and approving then", () => {
  const left = registerOf([tenure("ci", "releasers"), tenure("releasers", "ana", "member", 0, now - day / 2)]);
  assert.equal(refusedBy(left, part("approve", "ana", now), [part("propose", "ci")]), "apart/past");
  const stood = registerOf([tenure("ci", "dan"), tenure("ci", "ana", "deputy", now - 3 * day, now - 2 * day)]);
  assert.equal(refusedBy(stood, part("approve", "ana", now), [part("propose", "ci")]), "apart/past");
});

test("a release whose past breaks a rule takes no further act: two accounts that turn out to be one human's", () => {
  const past = [part("propose", "ana"), part("approve", "ana-private")];
  assert.equal(refusedBy(registerOf([]), part("sign", "signer", now), past), undefined);
  assert.equal(refusedBy(registerOf([], [["ana", "ana-private"]]), part("sign", "signer", now), past), "apart/account");
});

test("where the policy says that only keys are separate, each duty still takes an identity of its own", () => {
  const alone = registerOf([tenure("ci", "ana"), tenure("signer", "ana")], [["ana", "ana-private"]]);
  assert.equal(refusedBy(alone, part("approve", "ana", now), [part("propose", "ci")], "key"), undefined);
  assert.equal(refusedBy(alone, part("approve", "ci", now), [part("propose", "ci")], "key"), "apart/itself");
});

const holding = (name: string, duties: readonly string[]): Holding => ({ name, duties, channel: "stable" });
const holds = (candidate: Holding, others: readonly Holding[], register: Register, separation: "owner" | "key" = "owner"): string => {
  const judged = judge({ candidate, others, register, separation, now }, holdingChecks);
  return judged.outcome.ok ? "accepted" : (judged.verdicts.at(-1)?.check ?? "");
};

test("an identity may not hold duties that conflict", () => {
  const nobody = registerOf([]);
  assert.equal(holds(holding("x", ["build", "sign"]), [], nobody), "apart/identity");
  assert.equal(holds(holding("x", ["propose", "approve"]), [], nobody), "apart/identity");
  assert.equal(holds(holding("x", ["propose", "revoke"]), [], nobody), "accepted");
  assert.equal(holds(holding("x", ["build", "sign"]), [], nobody, "key"), "apart/identity", "also where only keys are separate");
});

test("attack: a builder for the owner of a signer, also by a second account or just after the signer was given away", () => {
  const signer = holding("signer", ["sign"]);
  const builder = holding("builder", ["build"]);
  const of = (owner: string, more: readonly Tenure[] = [tenure("signer", "ana")], accounts: Register["accounts"] = []) =>
    holds(builder, [signer], registerOf([tenure("builder", owner), ...more], accounts));
  assert.equal(of("dan"), "accepted");
  assert.equal(of("ana"), "apart/holdings");
  assert.equal(of("ana-private", undefined, [["ana", "ana-private"]]), "apart/holdings");
  assert.equal(of("ana", [tenure("signer", "ana", "owner", 0, now - day), tenure("signer", "ben", "owner", now - day)]), "apart/holdings");
  const elsewhere = { ...signer, channel: "beta" };
  assert.equal(holds(builder, [elsewhere], registerOf([tenure("builder", "ana"), tenure("signer", "ana")])), "accepted", "another channel");
  assert.equal(holds(builder, [signer], registerOf([tenure("builder", "ana"), tenure("signer", "ana")]), "key"), "accepted");
});

test("attack: handing an identity to the very person who approved what it proposed", () => {
  const releases = [[part("propose", "ci"), part("approve", "ana")]];
  const before = registerOf([tenure("ci", "dan", "owner", 0, now)]);
  const to = (person: string, separation: "owner" | "key" = "owner"): boolean => {
    const after = registerOf([...before.tenures, tenure("ci", person, "owner", now)]);
    const candidate = { identity: "ci", to: person };
    return judge({ candidate, releases, before, after, separation, now }, changeOfHandsChecks).outcome.ok;
  };
  assert.equal(to("ana"), false);
  assert.equal(to("ben"), true);
  assert.equal(to("ana", "key"), true);
});
