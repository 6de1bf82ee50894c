// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "@countersign/tlog/hash";
import { signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { people } from "@countersign/trust/founding.test-support";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Outcome } from "@countersign/trust/refusal";
import { approvalName, approvalsDigest } from "@countersign/trust/release/approval";
import { approvalChecks, type EntrySubject, entryLoggedCheck, soakCheck, soakEnd } from "@countersign/trust/release/entry-checks";
import { type Entry, type Head, head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { orderDenialCheck } from "@countersign/trust/revocation/checks";
import type { Denial } from "@countersign/trust/revocation/list";
import { orderOf, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import {
  accepted,
  approvedBy,
  entered,
  found,
  type GivenLedger,
  headOf,
  ledger,
  ledgerOf,
  policy,
  policyWith,
  readPolicy,
  refused,
  served,
  start,
} from "../scene.ts";
import type { VectorFile } from "../vector.ts";

interface Given {
  /** The last release of the head is judged, or its last order where it has orders. */
  readonly head: unknown;
  readonly policy: unknown;
  readonly ledger: GivenLedger;
  /** Witnessed time, Unix seconds. */
  readonly time: number;
  /** Every denial that was verified; an order is held against them. */
  readonly denials?: readonly Denial[];
}

export const entryVectors: VectorFile<Given> = {
  path: "release/entry.json",
  async cases() {
    const { alice, bob, builder, carol } = people;
    const log = () => new TestLog();
    const given = (of: Head, time: number, by: Policy = policy): Given => ({ head: served(of), policy: by, ledger, time });
    const release = async (
      time: number,
      voices: Parameters<typeof entered>[3],
      by?: Policy,
      change: Partial<Statement> = {},
    ): Promise<Given> => given(headOf([await entered(statementOf(change), log(), start, voices)]), time, by);
    const base = await approvedBy(statementOf(), log(), start, alice);
    const order = async (action: Order["action"], time: number, ...approvers: readonly (typeof alice)[]): Promise<Given> => {
      const effect = { to: null, denials: action === "lift" ? [base.digest] : [], overSeconds: action === "widen" ? 0 : null };
      return given(headOf([base], [await approvedBy(orderOf({ action, ...effect }), log(), start, ...approvers)]), time);
    };
    const lift = await approvedBy(orderOf({ action: "lift", to: null, denials: [base.digest] }), log(), start, alice, bob);
    const lifting = headOf([base], [lift]);
    const no = { kind: "release", since: start, until: null, reason: "a stolen key" } as const;
    const recall = async (...approvers: readonly (typeof alice)[]): Promise<Given> =>
      given(headOf([base], [await approvedBy(orderOf({ release: base.digest }), log(), start, ...approvers)]), start);
    const [proposed, byAlice, byBob] = [["propose", carol] as const, ["approve", alice] as const, ["approve", bob] as const];
    const end = start + 3600;
    const swapped: Entry<Statement> = { ...base, approvals: (await approvedBy(statementOf(), log(), start, bob)).approvals };
    const witnessed = async (...times: readonly (number | undefined)[]): Promise<Entry<Statement>> => {
      const { digest, approvals } = base;
      return { ...base, proof: await log().prove({ type: "release", digest, approvals: approvalsDigest(approvals) }, times) };
    };
    const otherLog = formatVkey(ledger.log.origin, 1, signerFromSeed(sha256(Buffer.from("another log")), "log", 1).publicKey);
    const lenient = { urgent: { soakSeconds: 900, extraApprovals: 0 } };
    const bobOf = (owner: string): object => ({ holders: { ...policy.holders, [bob.keyid]: { key: bob.key, holder: "bob", owner } } });
    return [
      accepted("proposed by one, approved by another, public for its soak", await release(end, [proposed, byAlice]), end),
      refused("one second before its soak ends", "soak-not-over", await release(end - 1, [proposed, byAlice])),
      accepted(
        "urgent: two approve, a shorter soak",
        await release(start + 900, [proposed, byAlice, byBob], policy, { urgent: true }),
        start + 900,
      ),
      refused("urgent, with one approval", "approvals-missing", await release(end, [proposed, byAlice], policy, { urgent: true })),
      refused("nobody approved", "approvals-missing", await release(end, [proposed])),
      refused("nobody proposed", "proposal-not-signed", await release(end, [byAlice, byBob])),
      refused("attack: a proposer approves their own", "approvals-missing", await release(end, [["propose", alice], byAlice])),
      refused(
        "attack: a proposer approves beside a second proposal",
        "approvals-missing",
        await release(end, [proposed, ["propose", alice], byAlice]),
      ),
      refused("attack: a key that is no approver's", "approvals-missing", await release(end, [proposed, ["approve", builder]])),
      refused("attack: a key that may not propose", "proposal-not-signed", await release(end, [["propose", builder], byAlice])),
      refused(
        "two approvals are asked for",
        "approvals-missing",
        await release(end, [proposed, byAlice], policyWith({ approvals: 2, ...lenient })),
      ),
      refused(
        "attack: two approvers of one owner",
        "malformed-document",
        await release(end, [proposed, byAlice, byBob], policyWith({ approvals: 2, ...lenient }, bobOf("alice"))),
      ),
      refused(
        "attack: the proposer's second key approves",
        "approvals-missing",
        await release(end, [proposed, byBob], policyWith(lenient, bobOf("carol"))),
      ),
      refused("attack: approvals that the entry does not name", "inclusion-unproven", given(headOf([swapped]), end)),
      refused("attack: the proof of another ledger", "log-signature-missing", {
        ...given(headOf([base]), end),
        ledger: { ...ledger, log: { ...ledger.log, vkey: otherLog } },
      }),
      refused("attack: too few witnesses", "witness-quorum-missing", given(headOf([await witnessed(start)]), end)),
      refused(
        "attack: one witness backdates the entry",
        "soak-not-over",
        given(headOf([await witnessed(start + 5000, undefined, 1)]), start + 5000),
      ),
      accepted("a recall: one person, at once", await recall(alice), start),
      accepted("slow: one person, at once", await order("slow", start, alice), start),
      refused("a recall that nobody approved", "approvals-missing", await recall()),
      refused("a lift that one person approved", "approvals-missing", await order("lift", end, alice)),
      accepted("a lift: two people, and an urgent soak", await order("lift", start + 900, alice, bob), start + 900),
      refused("widen before its soak ends", "soak-not-over", await order("widen", start + 899, alice, bob)),
      refused("attack: a lift whose approval was denied since", "revoked", {
        ...given(lifting, start + 900),
        denials: [{ ...no, kind: "approval", name: lift.approvals.map(approvalName)[1] ?? "" }],
      }),
      refused("attack: a lift that was denied itself", "revoked", {
        ...given(lifting, start + 900),
        denials: [{ ...no, name: lift.digest }],
      }),
      accepted("a lift of what is denied", { ...given(lifting, start + 900), denials: [{ ...no, name: base.digest }] }, start + 900),
      accepted("widen after it", await order("widen", start + 900, alice, bob), start + 900),
      refused("resume that one person approved", "approvals-missing", await order("resume", end, alice)),
    ];
  },
  async answer(given) {
    const read = decode(head, given.head, "head");
    if (!read.ok) return read;
    const by = readPolicy(given.policy);
    if (!by.ok) return by;
    const { releases, orders } = read.value;
    const candidate: Outcome<Entry<Statement> | Entry<Order>> = found(orders.at(-1) ?? releases.at(-1), "an entry");
    if (!candidate.ok) return candidate;
    const rules = found(by.value.channels[read.value.channel], "the channel's rules");
    if (!rules.ok) return rules;
    const context = { policy: by.value, rules: rules.value, ledger: ledgerOf(given.ledger), time: given.time };
    const subject: EntrySubject = { candidate: candidate.value, ...context };
    const { outcome } = judge(subject, [...approvalChecks, entryLoggedCheck, soakCheck]);
    if (!outcome.ok) return outcome;
    const order = orders.at(-1);
    const { denials = [], time } = given;
    const stands = order === undefined ? outcome : judge({ candidate: order, denials, time }, [orderDenialCheck]).outcome;
    return stands.ok ? soakEnd(subject) : stands;
  },
};
