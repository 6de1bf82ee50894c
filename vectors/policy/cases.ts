// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { people } from "@countersign/trust/founding.test-support";
import { passkeyPerson } from "@countersign/trust/keys/webauthn.test-support";
import { type ChannelDelegation, delegationChecks } from "@countersign/trust/policy/delegation-checks";
import type { ChannelRules } from "@countersign/trust/policy/policy";
import { standingPolicies } from "@countersign/trust/policy/standing";
import { accept } from "@countersign/trust/refusal";
import { digestOf, type Person, person } from "@countersign/trust/simulator.test-support";
import { accepted, policy, policyWith, readPolicy, refused, start } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

const { alice, bob, carol, publisher, builder, revoker } = people;
const malformed = "malformed-document";
const rules = policy.channels["stable"] as ChannelRules;

interface Given {
  readonly policy: unknown;
  /** The delegations of the targets that list it. */
  readonly delegations: readonly ChannelDelegation[];
}

const delegation = (signers: readonly Person[], threshold: number): ChannelDelegation => ({
  name: "stable",
  keyids: signers.map(({ keyid }) => keyid),
  threshold,
});

export const policyVectors: VectorFile<Given> = {
  path: "policy/policy.json",
  async cases() {
    const given = (of: unknown, ...signers: readonly ChannelDelegation[]): Given => ({ policy: of, delegations: signers });
    const bad = (description: string, of: unknown): Vector<Given> => refused(description, malformed, given(of));
    const two = delegation([alice, bob], 2);
    const ownedBy = (who: Person, owner: string): object => ({
      holders: { ...policy.holders, [who.keyid]: { key: who.key, holder: who.name, owner } },
    });
    const [other, ...more] = ["builder-2", "revoker-2", "watch-1", "watch-2"].map(person);
    const [reviewer, one, second] = more;
    if (other === undefined || reviewer === undefined || one === undefined || second === undefined) throw new Error("nobody");
    const asker = person("brake-1");
    const asking = { ...policy.holders, [asker.keyid]: { key: asker.key, holder: asker.name, owner: asker.name } };
    const braked = (brakes: object, brakeBits = 22): object => policyWith({ brakeBits }, { holders: asking, brakes });
    const holders = Object.fromEntries(
      [other, ...more].map((each) => [each.keyid, { key: each.key, holder: each.name, owner: each.name }]),
    );
    const agentRules = {
      ...{ profile: "agent", approvers: [alice.keyid, bob.keyid, publisher.keyid], approvals: 2, freshRevokers: 2, readThrough: 1 },
      builders: { quorum: 2, trusted: [...rules.builders.trusted, { ...rules.builders.trusted[0], keyid: other.keyid }] },
    };
    const holding = (spelled: string, kind = "ed25519", more: object = {}): object => {
      const key = { keytype: kind, scheme: kind, keyval: { public: spelled }, ...more };
      return { ...policy, holders: { ...policy.holders, [canonicalDigest(key)]: { key, holder: "dora", owner: "dora" } } };
    };
    const sidecars = (threshold: number, ...names: readonly string[]) => {
      const of = names.map((owner, index) => {
        const key = { keytype: "ml-dsa", scheme: "ml-dsa-44", keyval: { public: Buffer.alloc(1312, index).toString("hex") } };
        return [canonicalDigest(key), { key, holder: `${owner}-pq`, owner }] as const;
      });
      const stable = { keyids: of.map(([keyid]) => keyid), threshold };
      return { repository: "example", holders: Object.fromEntries(of), roles: { stable } };
    };
    const declared = (keys: object): object => Object.fromEntries(Object.keys(keys).map((keyid) => [keyid, "pkcs11"]));
    const sidecar = sidecars(1, "alice");
    const { keyid, key } = passkeyPerson("ann");
    const passkey = { [keyid]: { key, holder: "ann", owner: "ann" } };
    const agent = (change: object = {}, rest: object = {}): object =>
      policyWith(
        { ...agentRules, ...change },
        {
          holders: { ...policy.holders, ...holders },
          revokers: { security: revoker.keyid, second: reviewer.keyid },
          monitors: { one: one.keyid, two: second.keyid },
          ...rest,
        },
      );
    return [
      accepted("an app channel", given(policy, two)),
      accepted("an agent channel", given(agent(), delegation([alice, bob, carol], 2))),
      bad("a field that is not specified", { ...policy, more: 1 }),
      bad("version 0", { ...policy, version: 0 }),
      bad("attack: a key under another's identifier", {
        ...policy,
        holders: { ...policy.holders, [alice.keyid]: policy.holders[bob.keyid] },
      }),
      bad("attack: a key of small order, under which anybody signs", holding("00".repeat(32))),
      bad("attack: a key in upper case, a second voice", holding(alice.key.keyval.public.toUpperCase())),
      bad("attack: a member more in a key, a second name for it", holding(person("dora").key.keyval.public, "ed25519", { more: 1 })),
      bad("a key of another kind", holding("x", "dsa")),
      bad("attack: a proposer whom nobody holds", policyWith({ proposers: [digestOf("x")] })),
      bad("attack: an approver twice", policyWith({ approvers: [alice.keyid, alice.keyid] })),
      bad("approvals that its approvers cannot give", policyWith({ approvals: 2 })),
      bad("attack: approvers of one owner, who count as one", policyWith({}, ownedBy(bob, "alice"))),
      accepted("the same, where keys are all that is separate", given(policyWith({}, { ...ownedBy(bob, "alice"), separation: "key" }))),
      bad("no approvals", policyWith({ approvals: 0 })),
      bad("a soak of no time", policyWith({ soakSeconds: 0 })),
      bad("an urgent soak that is longer than the usual one", policyWith({ urgent: { soakSeconds: 7200, extraApprovals: 1 } })),
      bad("more builders than there are", policyWith({ builders: { ...rules.builders, quorum: 2 } })),
      bad("no builder", policyWith({ builders: { quorum: 1, trusted: [] } })),
      bad("more revokers than there are", policyWith({ freshRevokers: 2 })),
      bad("attack: one key for two revokers", { ...policy, revokers: { a: revoker.keyid, b: revoker.keyid } }),
      bad("more monitors than there are", policyWith({ readThrough: 1 })),
      bad("a monitor whose name is none in C2SP", { ...policy, monitors: { "wat+ch": carol.keyid } }),
      accepted("a channel with a brake", given(braked({ watch: asker.keyid }), two)),
      bad("a brake that nobody may ask for", braked({})),
      bad("a brake by a key that nobody holds", braked({ watch: one.keyid })),
      bad("attack: a brake by a revoker's key", braked({ watch: revoker.keyid })),
      bad("attack: a brake by an approver's key", braked({ watch: alice.keyid })),
      accepted("a channel that takes bundles for two weeks", given(policyWith({ bundleSeconds: 1_209_600 }), two)),
      bad("bundles for no time", policyWith({ bundleSeconds: 0 })),
      bad("bundles for more than a year", policyWith({ bundleSeconds: 31_536_001 })),
      bad("a brake from no bits on", braked({ watch: asker.keyid }, 0)),
      accepted(
        "custody declared of some keys",
        given({ ...policy, custody: { [alice.keyid]: "pkcs11", [builder.keyid]: "aws-kms" } }, two),
      ),
      accepted("custody declared of a sidecar's key", given({ ...policy, postQuantum: sidecar, custody: declared(sidecar.holders) }, two)),
      bad("attack: custody declared of a key that nobody holds", { ...policy, custody: { [asker.keyid]: "pkcs11" } }),
      bad("custody in a word that nobody knows", { ...policy, custody: { [alice.keyid]: "safe" } }),
      bad("custody declared of a passkey", { ...policy, holders: { ...policy.holders, ...passkey }, custody: declared(passkey) }),
      bad("an agent channel with one approval", agent({ approvals: 1 })),
      bad("an agent channel with one builder", agent({ builders: { quorum: 1, trusted: rules.builders.trusted } })),
      bad("an agent channel with one revoker to be heard", agent({ freshRevokers: 1 })),
      bad("an agent channel that no monitor reads", agent({ readThrough: 0 })),
      bad("an agent channel with one monitor", agent({}, { monitors: { one: one.keyid } })),
      bad("an agent channel whose urgent releases take no more", agent({ urgent: { soakSeconds: 900, extraApprovals: 0 } })),
      bad("an agent channel where keys are all that is separate", agent({}, { separation: "key" })),
      bad("a profile that does not exist", agent({ profile: "toy" })),
      refused("attack: an owner who builds and signs", "duties-meet", given(policyWith({}, ownedBy(builder, "alice")), two)),
      refused("attack: a builder who signs sidecars", "duties-meet", given({ ...policy, postQuantum: sidecars(1, "builder") }, two)),
      refused(
        "an agent channel whose sidecar one signer can make",
        "quorum-below-profile",
        given(agent({}, { postQuantum: sidecars(1, "alice", "bob") }), delegation([alice, bob, carol], 2)),
      ),
      accepted(
        "one whose sidecar takes as many as its file",
        given(agent({}, { postQuantum: sidecars(2, "alice", "bob") }), delegation([alice, bob, carol], 2)),
      ),
      refused("an agent channel that one signer can sign", "quorum-below-profile", given(agent(), delegation([alice, bob, carol], 1))),
      refused("an agent channel with two signers", "quorum-below-profile", given(agent(), two)),
    ];
  },
  async answer({ delegations, ...given }) {
    const read = readPolicy(given.policy);
    return read.ok
      ? judge({ candidate: { policy: read.value }, targets: { delegations: { roles: delegations } } }, delegationChecks).outcome
      : read;
  },
};

interface GivenOffer {
  /** Versions stand for the policies; null where none is held. */
  readonly held: { readonly version: number; readonly coolingOffSeconds: number } | null;
  readonly offered: { readonly version: number; readonly coolingOffSeconds: number };
  readonly since: number;
  readonly now: number;
}

export const standingVectors: VectorFile<GivenOffer> = {
  path: "policy/standing.json",
  async cases() {
    const held = { version: 1, coolingOffSeconds: 3600 };
    const offered = { version: 2, coolingOffSeconds: 60 };
    const given = (now: number, change: Partial<GivenOffer> = {}): GivenOffer => ({ held, offered, since: start, now, ...change });
    return [
      accepted("both judge while the offered one cools off", given(start + 3599), { held: 1, judges: [1, 2] }),
      accepted("then the offered one alone", given(start + 3600), { held: 2, judges: [2] }),
      accepted("the first policy", given(start, { held: null }), { held: 2, judges: [2] }),
    ];
  },
  async answer({ held, offered, since, now }) {
    const of = (change: { readonly version: number; readonly coolingOffSeconds: number }) => ({ policy: { ...policy, ...change } });
    const standing = standingPolicies({ held: held === null ? undefined : of(held), offered: of(offered), since, now });
    return accept({ held: standing.held.policy.version, judges: standing.judges.map((each) => each.policy.version) });
  },
};
