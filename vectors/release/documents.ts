// SPDX-License-Identifier: Apache-2.0
import { decode } from "@countersign/trust/decode";
import { people } from "@countersign/trust/founding.test-support";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { head } from "@countersign/trust/release/head";
import { order, orderDigest } from "@countersign/trust/release/order";
import { releaseDigest, type Statement, statement } from "@countersign/trust/release/statement";
import { digestOf, orderOf, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, approvedBy, headOf, refused, served, start } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

const malformed = "malformed-document";

interface GivenStatement {
  readonly statement: object;
}

export const statementVectors: VectorFile<GivenStatement> = {
  path: "release/statement.json",
  async cases() {
    const [artifact] = statementOf().artifacts;
    const good = (description: string, change: Partial<Statement> = {}): Vector<GivenStatement> =>
      accepted(description, { statement: statementOf(change) }, releaseDigest(statementOf(change)));
    const bad = (description: string, change: object): Vector<GivenStatement> =>
      refused(description, malformed, { statement: { ...statementOf(), ...change } });
    return [
      good("a first release"),
      good("a later one, urgent, over a stepping stone", {
        sequence: 7,
        predecessor: digestOf("six"),
        epoch: 2,
        urgent: true,
        minimumSequence: 6,
      }),
      good("two platforms, privileges, a week of rollout", {
        artifacts: [artifact, { ...artifact, platform: "windows-x64" }] as Statement["artifacts"],
        privileges: ["network", "camera"],
        rollout: { overSeconds: 604_800 },
      }),
      bad("a field that is not specified", { more: 1 }),
      bad("another version of the format", { spec: "countersign/2" }),
      bad("a field that is missing", { epoch: undefined }),
      bad("sequence 0", { sequence: 0 }),
      bad("a sequence that is no integer", { sequence: "1" }),
      bad("a negative epoch", { epoch: -1 }),
      bad("a minimum that nobody can have", { minimumSequence: 1 }),
      bad("no artifact", { artifacts: [] }),
      bad("attack: two artifacts for one platform", { artifacts: [artifact, { ...artifact, name: "other.tar.zst" }] }),
      bad("an artifact with an upper-case digest", { artifacts: [{ ...artifact, sha256: artifact?.sha256.toUpperCase() }] }),
      bad("attack: a product that is a path", { product: "../hello" }),
      bad("no provenance", { provenance: [] }),
      bad("attack: one provenance twice", { provenance: [digestOf("a"), digestOf("a")] }),
      bad("a health check without a program", { health: { ...statementOf().health, command: [] } }),
      bad("a health check of two hours", { health: { ...statementOf().health, timeoutSeconds: 7200 } }),
    ];
  },
  async answer(given) {
    const read = decode(statement, given.statement, "statement");
    return read.ok ? accept(releaseDigest(read.value)) : read;
  },
};

interface GivenOrder {
  readonly order: object;
}

export const orderVectors: VectorFile<GivenOrder> = {
  path: "release/order.json",
  async cases() {
    const other = (action: string, change: object = {}): object => ({ ...orderOf(), action, to: null, ...change });
    const denials = [digestOf("denial")];
    const good = (description: string, given: object): Vector<GivenOrder> =>
      accepted(description, { order: given }, orderDigest(given as ReturnType<typeof orderOf>));
    const bad = (description: string, given: object): Vector<GivenOrder> => refused(description, malformed, { order: given });
    return [
      good("a recall", orderOf()),
      good("a lift of one denial", other("lift", { denials })),
      good("a rollout is slowed", other("slow", { overSeconds: 86_400 })),
      good("a rollout is paused", other("slow")),
      good("a rollout is widened to everyone", other("widen", { overSeconds: 0 })),
      good("a rollout goes on", other("resume")),
      bad("a recall that leads nowhere", other("recall")),
      bad("a recall that leads to what it recalls", { ...orderOf(), to: orderOf().release }),
      bad("attack: a lift of whatever may be said later", other("lift")),
      bad("a lift of one denial twice", other("lift", { denials: [...denials, ...denials] })),
      bad("a lift that leads somewhere", { ...orderOf(), action: "lift", denials }),
      bad("a recall that answers a denial", { ...orderOf(), denials }),
      bad("slow over no time at all", other("slow", { overSeconds: 0 })),
      bad("widen without a time", other("widen")),
      bad("resume with a time", other("resume", { overSeconds: 60 })),
      bad("an action that does not exist", other("install")),
      bad("number 0", { ...orderOf(), number: 0 }),
      bad("a field that is not specified", { ...orderOf(), more: 1 }),
    ];
  },
  async answer(given) {
    const read = decode(order, given.order, "order");
    return read.ok ? accept(orderDigest(read.value)) : read;
  },
};

interface GivenHead {
  readonly head: unknown;
}

/** What a head says: the digest of each entry, in its order. */
function digestsIn(given: unknown): Outcome<readonly string[]> {
  const read = decode(head, given, "head");
  return read.ok ? accept([...read.value.releases, ...read.value.orders].map(({ digest }) => digest)) : read;
}

export const headVectors: VectorFile<GivenHead> = {
  path: "release/head.json",
  async cases() {
    const log = new TestLog();
    const { alice } = people;
    const [one, two] = [
      await approvedBy(statementOf(), log, start, alice),
      await approvedBy(statementOf({ sequence: 2 }), log, start, alice),
    ];
    const [first, second] = [await approvedBy(orderOf(), log, start, alice), await approvedBy(orderOf({ number: 2 }), log, start, alice)];
    const whole = headOf([one, two], [first, second]);
    const document = served(whole) as { readonly releases: readonly object[] };
    const bad = (description: string, given: unknown): Vector<GivenHead> => refused(description, malformed, { head: given });
    const [release] = document.releases as readonly { readonly approvals: readonly { readonly signatures: readonly object[] }[] }[];
    const [voice] = release?.approvals ?? [];
    return [
      accepted(
        "two releases and two orders",
        { head: served(whole) },
        [one, two, first, second].map(({ digest }) => digest),
      ),
      bad("no release", served(headOf([]))),
      bad("attack: releases in falling order", served(headOf([two, one]))),
      bad("attack: a sequence twice", served(headOf([one, one]))),
      bad("attack: order numbers that fall", served(headOf([one], [second, first]))),
      bad("attack: a release of another product", served(headOf([await approvedBy(statementOf({ product: "other" }), log, start, alice)]))),
      bad(
        "attack: an order of another channel",
        served(headOf([one], [await approvedBy(orderOf({ channel: "beta" }), log, start, alice)])),
      ),
      bad("attack: an entry that carries its own digest", { ...document, releases: [{ ...release, digest: one.digest }] }),
      bad("attack: a second signature in an approval", {
        ...document,
        releases: [{ ...release, approvals: [{ ...voice, signatures: [...(voice?.signatures ?? []), { keyid: "other", sig: "00" }] }] }],
      }),
      bad("an entry without an approval", { ...document, releases: [{ ...release, approvals: [] }] }),
      bad("a field that is not specified", { ...document, more: 1 }),
    ];
  },
  answer: async (given) => digestsIn(given.head),
};
