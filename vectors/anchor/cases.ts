// SPDX-License-Identifier: Apache-2.0
import { signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey, parseVkey } from "@countersign/tlog/vkey";
import { root, rootChecks } from "@countersign/trust/anchor/root";
import { timestamp } from "@countersign/trust/anchor/timestamp";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { envelope } from "@countersign/trust/envelope";
import { expires, people, rootOf, spec_version } from "@countersign/trust/founding.test-support";
import { digestOf, ledgerFields, must, type Person, person, signDocument, TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, ledger, refused, start } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

const { alice, bob, carol, publisher } = people;
const malformed = "malformed-document";

interface GivenRoot {
  /** The root that is trusted, and the one that is to follow it. */
  readonly trusted: unknown;
  readonly root: unknown;
}

export const rootVectors: VectorFile<GivenRoot> = {
  path: "anchor/root.json",
  async cases() {
    const trusted = await signDocument(rootOf(), alice, bob);
    const given = (of: unknown): GivenRoot => ({ trusted, root: of });
    const next = async (change: object = {}, ...by: readonly Person[]): Promise<GivenRoot> =>
      given(await signDocument(rootOf({ version: 2, ...change }), ...(by.length > 0 ? by : [alice, bob])));
    const owners = Object.fromEntries([alice, bob, publisher].map(({ keyid, name }) => [keyid, name]));
    const extension = (change: object): object => ({ countersign: { owners, ...ledgerFields, ...change } });
    const bad = async (description: string, change: object): Promise<Vector<GivenRoot>> =>
      refused(description, malformed, await next(extension(change)));
    const [w1, w2, w3] = ledger.witnesses;
    const asLog = (vkey = "") => formatVkey("old.example", 1, must(parseVkey(vkey)).publicKey);
    const role = (...keys: readonly Person[]) => ({ keyids: keys.map(({ keyid }) => keyid), threshold: keys.length });
    const keysOf = (...keys: readonly Person[]) => Object.fromEntries(keys.map(({ keyid, key }) => [keyid, key]));
    const second = person("alice's second key");
    const doubled = {
      keys: keysOf(alice, second, publisher),
      roles: { root: role(alice, second), targets: role(alice, second), snapshot: role(publisher), timestamp: role(publisher) },
    };
    const named = (name: string): object => ({ owners: { [alice.keyid]: "alice", [second.keyid]: name, [publisher.keyid]: "publisher" } });
    const owned = async (root: object, ...by: readonly Person[]): Promise<GivenRoot> => ({
      trusted: await signDocument(rootOf(root), alice, bob),
      root: await signDocument(rootOf({ version: 2, ...root }), ...by),
    });
    const three = (names: object, threshold = 2): object => ({
      keys: keysOf(alice, second, bob, publisher),
      roles: { ...doubled.roles, root: { ...role(alice, second, bob), threshold }, targets: role(alice, bob) },
      ...extension({ owners: { ...owners, ...names } }),
    });
    const over = {
      origin: "old.example",
      vkey: formatVkey("old.example", 1, signerFromSeed(Buffer.alloc(32, 9), "old.example", 1).publicKey),
      witnesses: ledger.witnesses,
      witnessQuorum: 2,
      final: { size: 7, root: digestOf("the last tree") },
    };
    const moved = await signDocument(rootOf({ ...doubled, ...extension(named("bob")) }), alice, second);
    return [
      accepted("the next root, by both owners", await next()),
      accepted("a root with a field that TUF does not name", await next({ more: 1 })),
      refused("attack: one owner of two signs", "threshold-not-met", await next({}, alice)),
      refused("attack: somebody else signs with one of them", "threshold-not-met", await next({}, alice, carol)),
      refused("a version is left out", "root-version-skipped", await next({ version: 3 })),
      refused(
        "attack: both keys of root are one owner's",
        malformed,
        await next({ ...doubled, ...extension(named("alice")) }, alice, bob, second),
      ),
      refused("attack: a root whose successor says that its keys are one owner's", malformed, {
        trusted: moved,
        root: await signDocument(rootOf({ version: 2, ...doubled, ...extension(named("alice")) }), alice, second),
      }),
      refused("attack: two keys of one owner sign", "owners-not-distinct", await owned(three({ [second.keyid]: "alice" }), alice, second)),
      accepted("a third key, of one of the owners", await owned(three({ [second.keyid]: "alice" }), alice, bob)),
      refused("attack: a key without an owner fills a quorum", "owners-not-distinct", await owned(three({}), alice, second)),
      refused(
        "more owners are asked for than there are",
        malformed,
        await owned(three({ [second.keyid]: "alice" }, 3), alice, second, bob),
      ),
      refused(
        "attack: a key under another's identifier",
        malformed,
        await next({ keys: { ...keysOf(alice, bob, publisher), [bob.keyid]: alice.key } }),
      ),
      await bad("a field of the extension that is not specified", { more: 1 }),
      await bad("no witness quorum", { witnessQuorum: undefined }),
      await bad("attack: one witness is enough", { witnessQuorum: 1 }),
      await bad("a quorum that its witnesses cannot fill", { witnessQuorum: 4 }),
      await bad("attack: one witness twice", { witnesses: [w1, w2, w2] }),
      await bad("attack: the log's key as a witness's", { log: { origin: ledger.log.origin, vkey: w3 } }),
      await bad("a log key that cosigns", { log: { ...ledger.log, vkey: w1 } }),
      accepted("a former log, pinned at its last tree", await next(extension({ formerLogs: [over] }))),
      await bad("attack: a former log that is not pinned", { formerLogs: [{ ...over, final: undefined }] }),
      await bad("attack: a log that is over and followed", { formerLogs: [{ ...over, vkey: ledger.log.vkey }] }),
      await bad("attack: a former log under the origin of the one that is followed", {
        formerLogs: [{ ...over, origin: ledger.log.origin }],
      }),
      await bad("attack: the key of a former log as a witness's", { formerLogs: [{ ...over, vkey: asLog(w3) }] }),
      refused("no extension", malformed, await next({ countersign: undefined })),
      refused("no consistent snapshots", malformed, await next({ consistent_snapshot: false })),
    ];
  },
  async answer(given) {
    const trusted = decode(envelope(root), given.trusted, "trusted root");
    if (!trusted.ok) return trusted;
    const candidate = decode(envelope(root), given.root, "root");
    return candidate.ok ? judge({ candidate: candidate.value, trusted: trusted.value.signed }, rootChecks).outcome : candidate;
  },
};

interface GivenTimestamp {
  readonly timestamp: unknown;
}

export const timestampVectors: VectorFile<GivenTimestamp> = {
  path: "anchor/timestamp.json",
  async cases() {
    const checkpoint = await new TestLog().note([start, start, start]);
    const file = { version: 1, length: 1, hashes: { sha256: digestOf("snapshot") } };
    const fields = { _type: "timestamp", spec_version, version: 1, expires, meta: { "snapshot.json": file }, countersign: { checkpoint } };
    const given = async (change: object = {}): Promise<GivenTimestamp> => ({
      timestamp: await signDocument({ ...fields, ...change }, publisher),
    });
    return [
      accepted("a timestamp with its checkpoint", await given(), checkpoint),
      accepted("a field that TUF does not name", await given({ more: 1 }), checkpoint),
      refused("no checkpoint", malformed, await given({ countersign: {} })),
      refused("no extension", malformed, await given({ countersign: undefined })),
      refused("a field of the extension that is not specified", malformed, await given({ countersign: { checkpoint, more: 1 } })),
    ];
  },
  async answer(given) {
    const read = decode(envelope(timestamp), given.timestamp, "timestamp");
    return read.ok ? { ok: true, value: read.value.signed.countersign.checkpoint } : read;
  },
};
