// SPDX-License-Identifier: Apache-2.0
// A policy, and two honest states of one repository.

import { servedBytes } from "./canonical.ts";
import { sha256 } from "./digest.ts";
import type { Policy } from "./policy/policy.ts";
import { type Head, headDocument } from "./release/head.ts";
import { entryOf, ledgerFields, type Person, person, say, signedBytes, statementOf, TestLog } from "./simulator.test-support.ts";

type Name = "alice" | "bob" | "carol" | "publisher" | "builder" | "revoker";

export const people: Readonly<Record<Name, Person>> = {
  alice: person("alice"),
  bob: person("bob"),
  carol: person("carol"),
  publisher: person("publisher"),
  builder: person("builder"),
  revoker: person("revoker"),
};

const { alice, bob, carol, publisher, builder, revoker } = people;

/** Carol proposes, Alice and Bob approve and sign; each key its own owner. */
export function policyOf(change: Partial<Policy> = {}): Policy {
  const holder = ({ key, name }: Person) => ({ key, holder: name, owner: name });
  return {
    _type: "policy",
    spec: "countersign/1",
    version: 1,
    separation: "owner",
    coolingOffSeconds: 3600,
    holders: Object.fromEntries(Object.values(people).map((each) => [each.keyid, holder(each)])),
    channels: {
      stable: {
        profile: "app",
        proposers: [carol.keyid],
        approvers: [alice.keyid, bob.keyid],
        approvals: 1,
        soakSeconds: 3600,
        urgent: { soakSeconds: 900, extraApprovals: 1 },
        builders: {
          quorum: 1,
          trusted: [
            {
              id: "https://ci.example/runner",
              keyid: builder.keyid,
              buildType: "https://ci.example/build/v1",
              source: "git+https://git.example/hello",
              parameters: { workflow: "release.yml" },
            },
          ],
        },
        freshRevokers: 1,
        revocationSeconds: 86_400,
        readThrough: 0,
      },
    },
    revokers: { security: revoker.keyid },
    monitors: {},
    download: { connectSeconds: 5, idleSeconds: 5, totalSeconds: 30, minimumBytesPerSecond: 1 },
    ...change,
  };
}

const role = (...keys: readonly Person[]) => ({ keyids: keys.map(({ keyid }) => keyid), threshold: keys.length });
const keysOf = (...keys: readonly Person[]) => Object.fromEntries(keys.map(({ keyid, key }) => [keyid, key]));

export const spec_version = "1.0.34";
export const expires = "2030-01-01T00:00:00Z";

/** A root as it is written: Alice and Bob for root and targets, the publisher for the rest. */
export function rootOf(change: object = {}): object {
  return {
    _type: "root",
    spec_version,
    version: 1,
    expires,
    consistent_snapshot: true,
    keys: keysOf(alice, bob, publisher),
    roles: { root: role(alice, bob), targets: role(alice, bob), snapshot: role(publisher), timestamp: role(publisher) },
    countersign: { owners: Object.fromEntries([alice, bob, publisher].map(({ keyid, name }) => [keyid, name])), ...ledgerFields },
    ...change,
  };
}

export function targetsOf(targets: object = {}, change: object = {}): object {
  const delegation = { ...role(alice, bob), name: "stable", terminating: true, paths: ["stable/*/*/*"] };
  return {
    _type: "targets",
    spec_version,
    version: 1,
    expires,
    targets,
    delegations: { keys: keysOf(alice, bob), roles: [delegation] },
    ...change,
  };
}

/** File by path. */
export type Files = ReadonlyMap<string, Uint8Array>;

const headPath = "stable/hello/linux-x64/head.json";
const file = (bytes: Uint8Array) => ({ length: bytes.length, hashes: { sha256: sha256(bytes) } });

/** The repository before and after a release and a new root; both are honest, and files of both may be met at once. */
export async function honestStates(): Promise<readonly [Files, Files]> {
  const log = new TestLog();
  const before = await state(log, 1);
  return [before, new Map([...before, ...(await state(log, 2))])];
}

async function state(log: TestLog, version: number): Promise<Files> {
  const time = 1_000_000 + version;
  const times = [time, time, time];
  const files = new Map<string, Uint8Array>();
  const prove = async (type: "root" | "targets" | "channel", bytes: Uint8Array): Promise<void> => {
    files.set(`proofs/${sha256(bytes)}.tlog-proof`, Buffer.from(await log.prove({ type, digest: sha256(bytes) }, times)));
  };
  const root = await signedBytes(rootOf({ version }), alice, bob);
  const policy = servedBytes(policyOf());
  const targets = await signedBytes(targetsOf({ "policy.json": file(policy) }), alice, bob);
  const body = statementOf({ sequence: version });
  const digest = sha256(Buffer.from(`unused ${version}`));
  const release = await entryOf(body, [await say(carol, "propose", "release", digest)], log, time);
  const head: Head = {
    _type: "head",
    spec: "countersign/1",
    product: "hello",
    platform: "linux-x64",
    channel: "stable",
    releases: [release],
    orders: [],
  };
  const headBytes = servedBytes(headDocument(head));
  const channelFields = { _type: "targets", spec_version, version, expires, targets: { [headPath]: file(headBytes) } };
  const channel = await signedBytes(channelFields, alice, bob);
  await prove("root", root);
  await prove("targets", targets);
  await prove("channel", channel);
  const meta = { "targets.json": { version: 1, ...file(targets) }, "stable.json": { version, ...file(channel) } };
  const snapshot = await signedBytes({ _type: "snapshot", spec_version, version, expires, meta }, publisher);
  const timestampFields = {
    _type: "timestamp",
    spec_version,
    version,
    expires,
    meta: { "snapshot.json": { version, ...file(snapshot) } },
    countersign: { checkpoint: await log.note(times) },
  };
  return new Map([
    ...files,
    [`metadata/${version}.root.json`, root],
    ["metadata/1.targets.json", targets],
    [`metadata/${version}.stable.json`, channel],
    [`metadata/${version}.snapshot.json`, snapshot],
    ["metadata/timestamp.json", await signedBytes(timestampFields, publisher)],
    [`targets/${sha256(policy)}.policy.json`, policy],
    [`targets/stable/hello/linux-x64/${sha256(headBytes)}.head.json`, headBytes],
  ]);
}
