// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { people } from "@countersign/trust/founding.test-support";
import { accept } from "@countersign/trust/refusal";
import { approvalName } from "@countersign/trust/release/approval";
import { chooseRelease, standingHead } from "@countersign/trust/release/choice";
import { type Entry, head } from "@countersign/trust/release/head";
import { offerOf } from "@countersign/trust/release/offer";
import type { Order } from "@countersign/trust/release/order";
import { type PaceChange, rolloutAt } from "@countersign/trust/release/rollout";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, denialDigest } from "@countersign/trust/revocation/list";
import { orderOf, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, approvedBy, found, type GivenLedger, headOf, ledger, ledgerOf, policy, readPolicy, served, start } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

interface Given {
  readonly head: unknown;
  readonly policy: unknown;
  readonly ledger: GivenLedger;
  readonly time: number;
  readonly device: string;
  readonly epochFloor: number;
  readonly running: { readonly digest: Digest; readonly sequence: number; readonly floor: number } | null;
  /** Digests of orders that do not hold. */
  readonly fallen: readonly Digest[];
  readonly denials: readonly Denial[];
  readonly unwell: Readonly<Record<string, number>>;
}

/** What a device makes of a head whose entries it has judged already: the release to move to, and why. */
export const outcomeVectors: VectorFile<Given> = {
  path: "release/outcome.json",
  async cases() {
    const { alice, bob } = people;
    const log = new TestLog();
    const release = (sequence: number, change: Partial<Statement> = {}): Promise<Entry<Statement>> =>
      approvedBy(statementOf({ sequence, ...change }), log, start, alice);
    const order = (change: Partial<Order>, at = start): Promise<Entry<Order>> => approvedBy(orderOf(change), log, at, alice, bob);
    const [one, two, three] = [await release(1), await release(2), await release(3)];
    const slowed = await release(3, { rollout: { overSeconds: 1000 } });
    const [recall, back] = [
      await order({ release: three.digest, to: one.digest }),
      await order({ number: 2, release: one.digest, to: three.digest }),
    ];
    const no: Denial = { kind: "release", name: three.digest, since: start, until: null, reason: "malware" };
    const lift = await order({ action: "lift", release: three.digest, to: null, denials: [denialDigest(no)] });
    const pause = await order({ action: "slow", release: three.digest, to: null });
    const resume = await order({ action: "resume", number: 2, release: three.digest, to: null }, start + 5000);
    const [four, five] = [await release(4, { epoch: 1 }), await release(5, { epoch: 1 })];
    const recallFour = await order({ release: four.digest, to: one.digest });
    const newer = [one, four, five];
    const far = [one, two, await release(3, { minimumSequence: 2 })];
    const [soaked, all] = [start + 3600, [one, two, three]];
    const running = ({ digest, body }: Entry<Statement>, floor = body.sequence): Given["running"] => ({
      digest,
      sequence: body.sequence,
      floor,
    });
    const given = (releases: readonly Entry<Statement>[], orders: readonly Entry<Order>[] = [], change: Partial<Given> = {}): Given => ({
      ...{
        head: served(headOf(releases, orders)),
        policy,
        ledger,
        time: soaked,
        device: "device-1",
        epochFloor: 0,
        running: null,
        fallen: [],
        denials: [],
        unwell: {},
      },
      ...change,
    });
    const chosen = (description: string, of: Given, to: Entry<Statement> | null, reason: string): Vector<Given> =>
      accepted(description, of, { release: to?.digest ?? null, reason });
    return [
      chosen("a device that runs nothing takes the newest", given(all), three, "newer"),
      chosen("the newest above what runs", given(all, [], { running: running(one) }), three, "newer"),
      chosen("nothing is newer", given(all, [], { running: running(three) }), null, "current"),
      chosen("nothing at or below the highest that was ever confirmed", given(all, [], { running: running(one, 3) }), null, "current"),
      chosen("a denied release is passed over", given(all, [], { denials: [no] }), two, "newer"),
      chosen("a denial whose hold has ended", given(all, [], { denials: [{ ...no, until: soaked }] }), three, "newer"),
      chosen(
        "a denial of the approval",
        given(all, [], {
          denials: [{ ...no, kind: "approval", name: three.approvals[1] === undefined ? "" : approvalName(three.approvals[1]) }],
        }),
        two,
        "newer",
      ),
      chosen("a lift answers the denial", given(all, [lift], { denials: [no] }), three, "newer"),
      chosen(
        "attack: a denial that was made after the lift",
        given(all, [lift], { denials: [no, { ...no, since: start + 1 }] }),
        two,
        "newer",
      ),
      chosen("a lift that does not hold", given(all, [lift], { denials: [no], fallen: [lift.digest] }), two, "newer"),
      chosen("a recall leads back", given(all, [recall], { running: running(three) }), one, "recalled"),
      chosen(
        "a recall that leads below the epoch floor gives way to what is newer",
        given(newer, [recallFour], { running: running(four, 4), epochFloor: 1 }),
        five,
        "newer",
      ),
      chosen(
        "and is named where nothing is",
        given([one, four], [recallFour], { running: running(four, 4), epochFloor: 1 }),
        one,
        "recalled",
      ),
      chosen("what was recalled is passed over", given(all, [recall], { running: running(one) }), two, "newer"),
      chosen("attack: recalls that lead in a circle", given([one, three], [recall, back], { running: running(three) }), null, "recalled"),
      chosen(
        "a recall that does not hold leads nowhere",
        given(all, [recall], { running: running(three), fallen: [recall.digest] }),
        null,
        "current",
      ),
      chosen("and blocks what it recalled", given(all, [recall], { running: running(one), fallen: [recall.digest] }), two, "newer"),
      chosen("a stepping stone", given(far, [], { running: running(one) }), two, "newer"),
      chosen("and the step after it", given(far, [], { running: running(two) }), far[2] ?? null, "newer"),
      chosen("a rollout that has not reached this device", given([one, two, slowed]), two, "newer"),
      chosen("and once it has", given([one, two, slowed], [], { time: soaked + 1000 }), slowed, "newer"),
      chosen("where all wait, the newest is named", given([slowed], [], { time: soaked }), slowed, "newer"),
      chosen("a pause", given(all, [pause]), two, "newer"),
      chosen("a pause holds although its approver left", given(all, [pause], { fallen: [pause.digest] }), two, "newer"),
      chosen("resumed, but not soaked", given(all, [pause, resume], { time: start + 5899 }), two, "newer"),
      chosen("resumed", given(all, [pause, resume], { time: start + 5900 }), three, "newer"),
      chosen("unwell here", given(all, [], { unwell: { [three.digest]: start + 4000 } }), two, "newer"),
      chosen(
        "unwell before it was resumed",
        given(all, [pause, resume], { time: start + 9000, unwell: { [three.digest]: start + 4000 } }),
        three,
        "newer",
      ),
      chosen(
        "unwell after it was resumed",
        given(all, [pause, resume], { time: start + 9000, unwell: { [three.digest]: start + 6000 } }),
        two,
        "newer",
      ),
    ];
  },
  async answer({ fallen, running, device, epochFloor, time, denials, unwell, ...given }) {
    const read = decode(head, given.head, "head");
    if (!read.ok) return read;
    const by = readPolicy(given.policy);
    if (!by.ok) return by;
    const rules = found(by.value.channels[read.value.channel], "the channel's rules");
    if (!rules.ok) return rules;
    const standing = standingHead(read.value, ({ digest }) => !fallen.includes(digest));
    const facts = { ...standing, rules: [rules.value] as const, ledger: ledgerOf(given.ledger), time, device, epochFloor, denials, unwell };
    const { release, reason } = chooseRelease(standing.head, running ?? undefined, offerOf(facts));
    return accept({ release: release?.digest ?? null, reason } satisfies Json);
  },
};

interface GivenRollout {
  readonly overSeconds: number;
  readonly soakEnd: number;
  readonly changes: readonly PaceChange[];
  readonly time: number;
}

export const rolloutVectors: VectorFile<GivenRollout> = {
  path: "release/rollout.json",
  async cases() {
    const change = (number: number, action: Order["action"], at: number, overSeconds: number | null = null): PaceChange => ({
      order: { action, number, overSeconds },
      at,
    });
    const at = (
      description: string,
      time: number,
      changes: readonly PaceChange[],
      share: number,
      paused = false,
      overSeconds = 128,
    ): Vector<GivenRollout> => accepted(description, { overSeconds, soakEnd: 1000, changes, time }, { share, paused } as unknown as Json);
    const pause = change(1, "slow", 1064);
    return [
      at("nobody before the soak ends", 999, [], 0),
      at("nobody but the first when it ends", 1000, [], 0),
      at("half of them after half of the time", 1064, [], 0.5),
      at("everyone in the end", 1128, [], 1),
      at("all at once", 1000, [], 1, false, 0),
      at("the other half is spread over four times the time", 1192, [change(1, "slow", 1064, 256)], 0.75),
      at("slow makes nothing faster", 1096, [change(1, "slow", 1064, 1)], 0.75),
      at("slow from before the soak ended", 1064, [change(1, "slow", 900, 256)], 0.25),
      at("slow in the second in which all would begin", 1064, [change(1, "slow", 1000, 256)], 0.25, false, 0),
      at("slow after a widening, both before the soak ended", 1064, [change(1, "widen", 900, 0), change(2, "slow", 950, 256)], 0.25),
      at(
        "attack: a widening after a later slow, both before the soak ended",
        1064,
        [change(1, "widen", 950, 0), change(2, "slow", 900, 256)],
        0.25,
      ),
      at("a pause", 5000, [pause], 0.5, true),
      at("a slow ends no pause", 5000, [pause, change(2, "slow", 2000, 10)], 0.5, true),
      at("resume goes on at the pace of the statement", 2032, [pause, change(2, "resume", 2000)], 0.75),
      at("widen at its own", 2002, [pause, change(2, "widen", 2000, 4)], 0.75),
      at("widen to everyone", 2000, [pause, change(2, "widen", 2000, 0)], 1),
      at("attack: a widening that would act after a later halt", 3000, [change(1, "widen", 1080, 0), change(2, "slow", 1064)], 0.5, true),
      at("a widening after a halt", 3000, [change(1, "slow", 1064), change(2, "widen", 1080, 0)], 1),
    ];
  },
  answer: async ({ overSeconds, soakEnd, changes, time }) => accept(rolloutAt(overSeconds, soakEnd, changes, time)),
};
