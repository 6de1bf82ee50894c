// SPDX-License-Identifier: Apache-2.0
import { headBytes, headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { targetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { expires, people, targetsOf } from "@countersign/trust/founding.test-support";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Entry, head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Artifact, Statement } from "@countersign/trust/release/statement";
import { digestOf, must, orderOf, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, approvedBy, found, headOf, served, start } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

interface Given {
  /** The head before; null where there is none. */
  readonly head: unknown;
  /** A head that has nothing but what is added to it: its last order, or else its last release. */
  readonly added: unknown;
  /** `signed` of the channel file before; null where there is none. */
  readonly channelFile: unknown;
  readonly expires: string;
}

/** What a signer computes of one release or order more: the SHA-256 of the head, and the digest of what is signed of the channel file. */
export const nextVectors: VectorFile<Given> = {
  path: "release/next.json",
  async cases() {
    const log = new TestLog();
    const release = (sequence: number, change: Partial<Statement> = {}): Promise<Entry<Statement>> =>
      approvedBy(statementOf({ sequence, ...change }), log, start, people.alice);
    const order = (change: Partial<Order>): Promise<Entry<Order>> => approvedBy(orderOf(change), log, start, people.alice);
    const releases: Entry<Statement>[] = [];
    for (let sequence = 1; sequence <= 9; sequence++) releases.push(await release(sequence));
    const [first, ...others] = releases;
    const eight = others.slice(0, -1);
    const ninth = others.at(-1);
    if (first === undefined || ninth === undefined) throw new Error("nine releases were made");
    const far = await release(9, { minimumSequence: 1 });
    const farther = await release(10, { minimumSequence: 2 });
    const recall = await order({ release: ninth.digest, to: first.digest });
    const again = await order({ release: first.digest, to: ninth.digest });
    const other = { ...statementOf().artifacts[0], name: "other.tar.zst", sha256: digestOf("other bytes") } as Artifact;
    const renamed = await release(10, { artifacts: [other] });
    const beta = { "stable/hello/linux-arm64/head.json": { length: 7, hashes: { sha256: digestOf("another head") } } };
    const fields = { ...targetsOf(beta), version: 4, delegations: undefined };
    const given = (head: Given["head"], added: Given["added"], channelFile: unknown = fields): Given => ({
      head,
      added,
      channelFile,
      expires,
    });
    const of = (...args: Parameters<typeof headOf>): Json => served(headOf(...args));
    const makes = (description: string, from: Given): Vector<Given> => accepted(description, from, must(computed(from)));
    return [
      makes("the first release", given(null, of([first]), null)),
      makes("one more, beside another platform's", given(of([first]), of([ninth]))),
      makes("of nine releases the oldest leaves", given(of([first, ...eight]), of([ninth]))),
      makes("a stepping stone stays", given(of([first, ...eight]), of([far]))),
      makes("and leaves where a newer release is as good a stone", given(of([first, ...eight, far]), of([farther]))),
      makes("what an order names stays", given(of([first, ...eight], [recall]), of([ninth]))),
      makes("an order in the place of another one of its number", given(of([first, ninth], [recall]), of([first], [again]))),
      makes("another release in the place of one of its sequence", given(of([first, ninth]), of([far]))),
      makes("two releases that name their artifacts differently", given(of([first]), of([renamed]))),
    ];
  },
  answer: async (given) => computed(given),
};

function computed(given: Given): Outcome<Json> {
  const before = given.head === null ? accept(undefined) : decode(head, given.head, "head");
  if (!before.ok) return before;
  const added = decode(head, given.added, "added");
  if (!added.ok) return added;
  const file = given.channelFile === null ? accept(undefined) : decode(targetsDocument, given.channelFile, "channel file");
  if (!file.ok) return file;
  const entry = found(added.value.orders.at(-1) ?? added.value.releases.at(-1), "an entry");
  if (!entry.ok) return entry;
  const next = nextHead(before.value, added.value, entry.value);
  const channel = nextChannel(file.value, new Map([[headPath(next), next]]), given.expires);
  return accept({
    releases: next.releases.map(({ body }) => body.sequence),
    orders: next.orders.map(({ body }) => body.number),
    head: sha256(headBytes(next)),
    channel: canonicalDigest(channel),
  });
}
