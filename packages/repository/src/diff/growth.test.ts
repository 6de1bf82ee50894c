// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes, type Json } from "@countersign/trust/canonical";
import { differencesOf } from "./difference.ts";
import { growthsOf } from "./growth.ts";
import { ann, ben, cem, common, key, root as sampleRoot } from "./sample-root.test-support.ts";

const root = { ...sampleRoot, countersign: { ...sampleRoot.countersign, witnesses: ["w1", "w2", "w3"] } };
const targets = {
  ...common,
  _type: "targets",
  version: 1,
  targets: {},
  delegations: {
    keys: { [cem]: key("33") },
    roles: [{ name: "stable", keyids: [cem], threshold: 1, terminating: true, paths: ["stable/*"] }],
  },
};
const rules = {
  profile: "agent",
  proposers: [ann],
  approvers: [ann, ben],
  approvals: 2,
  soakSeconds: 3600,
  urgent: { soakSeconds: 900, extraApprovals: 1 },
  builders: { quorum: 1, trusted: [{ id: "one", keyid: ben, ref: "refs/heads/main", parameters: {} }] },
  freshRevokers: 2,
  revocationSeconds: 3600,
  readThrough: 1,
  brakeBits: 22,
  bundleSeconds: 86_400,
};
const holder = (name: string, keytype: string) => ({ key: { keytype }, holder: name, owner: name });
const policy = {
  separation: "owner",
  coolingOffSeconds: 86_400,
  holders: { [ann]: holder("ann", "webauthn"), [ben]: holder("ben", "ed25519") },
  channels: { stable: rules },
  revokers: { "revoke-ann": ann },
  monitors: { "watch-ann": ann },
  brakes: { "brake-ann": ann },
  postQuantum: { targets: [ann] },
  custody: { [ben]: "aws-kms" },
};

type Change = (document: typeof root & typeof targets & typeof policy) => unknown;

/** The growths, as power and gain, of one change to a document. */
function grows(document: object, change: Change): readonly string[] {
  const next = JSON.parse(JSON.stringify(document));
  change(next);
  const [before, after] = "separation" in document ? [targets, targets] : [document, next];
  const beside = "separation" in document ? { before: { policy: document as Json }, after: { policy: next as Json } } : {};
  const differences = differencesOf(canonicalBytes(before as Json), canonicalBytes(after as Json), beside);
  assert.ok(differences.length > 0, "the change shows");
  return growthsOf(differences).map(({ power, gain }) => `${power}: ${gain}`);
}

const stable =
  (change: (of: Record<string, unknown>) => void): Change =>
  (of) =>
    change(of.channels.stable);

test("each growth of power in root, targets and policy is named, and is the only one", () => {
  const cases: readonly (readonly [object, Change, string])[] = [
    [root, (of) => of.roles.targets.keyids.push(ben), "voice: a key signs that did not"],
    [root, (of) => Object.assign(of.countersign.owners, { [ben]: "ann" }), "voice: a key counts for another owner"],
    [root, (of) => Object.assign(of.roles.root, { threshold: 1 }), "quorum: fewer keys are enough"],
    [root, (of) => Object.assign(of.countersign.log, { origin: "log.two" }), "watch: another log is believed"],
    [root, (of) => of.countersign.witnesses.push("w4"), "watch: a witness is believed that was not"],
    [root, (of) => of.countersign.witnesses.pop(), "watch: a witness is heard no more"],
    [root, (of) => Object.assign(of, { expires: "2037-01-01T00:00:00Z" }), "time: a file stays good for years more"],
    [targets, (of) => of.delegations.roles[0]?.paths.push("beta/*"), "voice: a role signs for more"],
    [policy, (of) => Object.assign(of, { separation: "key" }), "quorum: quorums count keys, and not owners"],
    [policy, (of) => Object.assign(of, { coolingOffSeconds: 1 }), "time: less time is left to object"],
    [policy, (of) => Object.assign(of.holders, { [cem]: holder("cem", "ed25519") }), "voice: a key is somebody's that was nobody's"],
    [
      policy,
      (of) => Object.assign(of.holders, { [ben]: { ...holder("ben", "ed25519"), owner: "ann" } }),
      "voice: a key counts for another owner",
    ],
    [policy, (of) => Object.assign(of.channels, { beta: { ...rules } }), "voice: a channel is there that was not"],
    [policy, (of) => Object.assign(of.monitors, { "watch-ben": ben }), "voice: a monitor is believed that was not"],
    [policy, (of) => Object.assign(of, { monitors: {} }), "watch: a monitor is heard no more"],
    [policy, (of) => Object.assign(of, { revokers: {} }), "watch: a revoker is heard no more"],
    [policy, (of) => Object.assign(of, { brakes: { "brake-ann": ben } }), "watch: an observer may ask for a brake no more"],
    [policy, stable((of) => Object.assign(of, { brakeBits: 40 })), "watch: a brake asks for more, or for nothing"],
    [policy, stable((of) => Reflect.deleteProperty(of, "brakeBits")), "watch: a brake asks for more, or for nothing"],
    [policy, stable((of) => Object.assign(of, { bundleSeconds: 86_401 })), "time: a bundle that is carried stays good for longer"],
    [
      { ...policy, channels: { stable: { ...rules, bundleSeconds: undefined } } },
      stable((of) => Object.assign(of, { bundleSeconds: 1 })),
      "time: a bundle that is carried stays good for longer",
    ],
    [policy, (of) => Object.assign(of, { postQuantum: {} }), "quorum: post-quantum signatures are asked for no more, or of others"],
    [policy, stable((of) => Object.assign(of, { approvers: [ann, ben, cem] })), "voice: somebody proposes or approves who did not"],
    [policy, stable((of) => Object.assign(of, { approvals: 1 })), "quorum: fewer are enough to start"],
    [policy, stable((of) => Object.assign(of, { profile: "app" })), "quorum: a channel has a profile that asks for less"],
    [policy, stable((of) => Object.assign(of, { soakSeconds: 60 })), "time: less time is left to object"],
    [policy, stable((of) => Object.assign(of, { urgent: { ...rules.urgent, soakSeconds: 1 } })), "time: less time is left to object"],
    [policy, stable((of) => Object.assign(of, { freshRevokers: 1 })), "watch: fewer need to be heard"],
    [policy, stable((of) => Object.assign(of, { revocationSeconds: 86_400 })), "watch: a denial stays hidden for longer"],
    [policy, (of) => Object.assign(of.custody, { [ben]: "encrypted-file" }), "custody: a key lives where it is misused more easily"],
    [policy, (of) => Reflect.deleteProperty(of.custody, ben), "custody: nobody says any more where a key lives"],
    [policy, (of) => Reflect.deleteProperty(of, "custody"), "custody: nobody says any more where a key lives"],
  ];
  for (const [document, change, expected] of cases) assert.deepEqual(grows(document, change), [expected], `${change}`);
});

test("attack: a builder is added, another commit's branch is believed, a pin is dropped, and none of it is lost among the lines", () => {
  const [builder] = rules.builders.trusted;
  const trusted = (list: readonly object[]) => stable((of) => Object.assign(of, { builders: { quorum: 1, trusted: list } }));
  const believed = "voice: another build is believed";
  assert.deepEqual(grows(policy, trusted([builder as object, { id: "two", keyid: ann, parameters: {} }])), [believed]);
  assert.deepEqual(grows(policy, trusted([{ ...builder, ref: "refs/heads/x" }])), [believed]);
  assert.deepEqual(grows(policy, trusted([{ id: "one", keyid: ben, parameters: {} }])), [believed]);
});

test("attack: a person's passkey becomes a key that can be copied", () => {
  const swapped = grows(policy, (of) => {
    Reflect.deleteProperty(of.holders, ann);
    Object.assign(of.holders, { [cem]: holder("ann", "ed25519") });
    Object.assign(of, { revokers: { "revoke-ann": ann } });
  });
  assert.deepEqual(swapped, [
    "voice: a key is somebody's that was nobody's",
    "custody: somebody's passkey gives way to another kind of key",
  ]);
});

test("attack: a key in a token gives way to one in a file, or to one of which nobody says where it lives", () => {
  const other = "d".repeat(64);
  const bens = { ...holder("ben-other", "ed25519"), owner: "ben" };
  const custody = { [ben]: "pkcs11", [other]: "encrypted-file" };
  const held = { ...policy, holders: { ...policy.holders, [other]: bens }, custody };
  const successor = (...places: readonly (string | undefined)[]) =>
    grows(held, (of) => {
      Object.assign(of, { custody: {} });
      Object.assign(of.holders, { [ben]: undefined, [other]: undefined });
      for (const [index, place] of places.entries()) {
        const keyid = String(index).repeat(64);
        Object.assign(of.holders, { [keyid]: { ...bens, holder: `ben-${index}` } });
        Object.assign(of.custody, { [keyid]: place });
      }
    }).filter((growth) => growth.startsWith("custody"));
  const weaker = "custody: a key gives way to one of the same owner that is misused more easily";
  assert.deepEqual(successor("encrypted-file"), [weaker]);
  assert.deepEqual(successor("aws-kms"), [weaker]);
  assert.deepEqual(successor(undefined), [weaker]);
  assert.deepEqual(successor("encrypted-file", "encrypted-file"), [weaker, weaker], "however many are replaced at once");
  assert.deepEqual(successor("pkcs11"), []);
  assert.deepEqual(successor("encrypted-file", "pkcs11"), [], "each by one like it");
  assert.deepEqual(successor(), [], "by none");
});

test("what only narrows grows nothing", () => {
  const narrower: readonly (readonly [object, Change])[] = [
    [root, (of) => Object.assign(of.roles, { root: { keyids: [ann], threshold: 2 } })],
    [targets, (of) => Object.assign(of, { version: 2 })],
    [
      policy,
      stable((of) => Object.assign(of, { approvers: [ben], approvals: 3, soakSeconds: 7200, freshRevokers: 3, profile: "firmware" })),
    ],
    [policy, stable((of) => Object.assign(of, { revocationSeconds: 60, readThrough: 2 }))],
    [policy, (of) => Object.assign(of.revokers, { "revoke-ben": ben })],
    [policy, (of) => Reflect.deleteProperty(of.holders, ben) && Reflect.deleteProperty(of.custody, ben)],
    [policy, (of) => Object.assign(of.custody, { [ben]: "pkcs11", [ann]: "transit" })],
    [policy, stable((of) => Reflect.deleteProperty(of, "bundleSeconds"))],
    [policy, (of) => Object.assign(of, { channels: {} })],
  ];
  for (const [document, change] of narrower) assert.deepEqual(grows(document, change), [], `${change}`);
});
