// SPDX-License-Identifier: Apache-2.0
// The formulas against the checks themselves: for every set of keys, what the formula says is what devices say to signatures by exactly these keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { sha256 as rawSha256 } from "@countersign/tlog/hash";
import { formatNote } from "@countersign/tlog/note";
import { cosign, signerFromSeed, signNote } from "@countersign/tlog/signer";
import { root, rootChecks } from "@countersign/trust/anchor/root";
import { channelAuthority, channelChecks, targets } from "@countersign/trust/anchor/targets";
import { type Attestation, attestationIn } from "@countersign/trust/build/attestation";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { preAuthenticationEncoding } from "@countersign/trust/build/dsse";
import { inTotoPayloadType } from "@countersign/trust/build/in-toto";
import { canonicalDigest, servedBytes } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { rootOf, targetsOf } from "@countersign/trust/founding.test-support";
import { claimedCheckpoint, cosignedCheck, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { keyidOfVkey } from "@countersign/trust/ledger/log-key";
import { principalOf } from "@countersign/trust/policy/policy";
import { readPastCheck } from "@countersign/trust/readthrough/checks";
import type { Approval } from "@countersign/trust/release/approval";
import { approvalChecks, type EntrySubject } from "@countersign/trust/release/entry-checks";
import { heardChecks } from "@countersign/trust/revocation/checks";
import {
  digestOf,
  entryOf,
  ledger,
  must,
  type Person,
  say,
  signedBytes,
  statementOf,
  TestLog,
  usualProvenance,
} from "@countersign/trust/simulator.test-support";
import fc from "fast-check";
import { holds } from "./formula.ts";
import { minimalSets } from "./minimal-sets.ts";
import { forkQuorum, monitorQuorum, revokerQuorum, signingQuorum, topQuorum } from "./quorums.ts";
import { type Held, held, plainSample, type Sample, sampleUnder, topPeople } from "./sample-authorities.test-support.ts";
import type { ChannelUnder } from "./way.ts";
import { releaseDemands } from "./ways-to-install.ts";

function subsetsOf<T>(of: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** of.length }, (_, bits) => of.filter((_, index) => (bits >> index) & 1));
}

const some = <T>(of: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...of], { minLength: 1 });
const owner = fc.constantFrom("ana", "ben", "cleo");
const holdersNamed = (...names: readonly string[]): fc.Arbitrary<Held[]> =>
  fc.tuple(...names.map((name) => owner.map((of) => held(name, of)))).chain(some);

/** Small policies of every shape: keys with several duties, owners with several keys, quorums that just can be met. */
const anyUnder: fc.Arbitrary<ChannelUnder> = fc
  .record({
    people: fc.tuple(...["p", "q", "r"].map((name) => owner.map((of) => held(name, of)))),
    builders: holdersNamed("b1", "b2"),
    builderQuorum: fc.integer({ min: 1, max: 2 }),
    approvals: fc.integer({ min: 1, max: 2 }),
    separation: fc.constantFrom("owner", "key"),
    signers: holdersNamed("s1", "s2", "s3"),
    threshold: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ people, ...rest }) =>
    fc.record({ proposers: some(people), approvers: some(people) }).map((split): Sample => ({ ...plainSample, ...rest, ...split })),
  )
  .filter(({ threshold, signers }) => threshold <= signers.length)
  .map(sampleUnder)
  .filter((under) => under !== undefined);

const log = new TestLog();
const made = new Map<string, Attestation>();

/** What a builder's key attests, made once: it is the same in every set. */
async function attestationBy(builder: Person): Promise<Attestation> {
  const before = made.get(builder.keyid);
  if (before !== undefined) return before;
  const payload = servedBytes(usualProvenance);
  const sig = Buffer.from(await builder.sign(preAuthenticationEncoding(inTotoPayloadType, payload))).toString("base64");
  const signatures = [{ keyid: builder.keyid, sig }];
  const file = servedBytes({ payloadType: inTotoPayloadType, payload: Buffer.from(payload).toString("base64"), signatures });
  const attestation = must(attestationIn(file, await log.prove({ type: "provenance", digest: sha256(file) }, [1, 1, 1])));
  made.set(builder.keyid, attestation);
  return attestation;
}

const voices = new Map<string, Envelope<Approval>>();

/** What somebody says, said once. */
async function voiceOf(who: Person, decision: "propose" | "approve", digest: Digest): Promise<Envelope<Approval>> {
  const words = `${who.keyid} ${decision} ${digest}`;
  const said = voices.get(words) ?? (await say(who, decision, "release", digest));
  voices.set(words, said);
  return said;
}

/** Whether a device takes some release that the holders of these keys can make together. They try every one of them as the proposer. */
async function releasable({ policy, rules }: ChannelUnder, thieves: readonly Held[], urgent = false): Promise<boolean> {
  const builds = new Set(rules.builders.trusted.map(({ keyid }) => keyid));
  const attestations: Attestation[] = [];
  for (const thief of thieves) if (builds.has(thief.keyid)) attestations.push(await attestationBy(thief));
  const named = attestations.map(({ envelope }) => envelope.digest);
  const release = statementOf({ provenance: named.length === 0 ? [digestOf("none")] : named, urgent });
  const built = judge({ candidate: release, attestations, policy, rules, ledger }, provenanceChecks).outcome.ok;
  if (!built) return false;
  const digest = canonicalDigest(release);
  for (const proposer of thieves) {
    const approvals = [await voiceOf(proposer, "propose", digest)];
    for (const thief of thieves) if (thief !== proposer) approvals.push(await voiceOf(thief, "approve", digest));
    const candidate = { body: release, digest, approvals, proof: "" };
    if (judge<EntrySubject>({ candidate, policy, rules, ledger, time: 0 }, approvalChecks).outcome.ok) return true;
  }
  return false;
}

const everybody = (under: ChannelUnder): readonly Held[] =>
  Object.values(under.policy.holders).map(({ holder, owner: of }) => held(holder, of));

test("a set of keys releases what it likes exactly when the formula says so, for every set of every small policy", async () => {
  await fc.assert(
    fc.asyncProperty(anyUnder, async (under) => {
      const thieves = everybody(under).filter(({ name }) => /^[bpqr]/.test(name));
      const formula = releaseDemands(under);
      for (const set of subsetsOf(thieves))
        assert.equal(
          await releasable(under, set),
          holds(formula, (keyid) => set.some((thief) => thief.keyid === keyid)),
          set.map(({ name, owner: of }) => `${name} of ${of}`).join(", "),
        );
    }),
    { numRuns: 12 },
  );
});

test("each minimal set is enough for the checks themselves, and is not without any one of its keys", async () => {
  const under = sampleUnder({
    ...plainSample,
    builders: [held("b1"), held("b2"), held("b3")],
    builderQuorum: 2,
    approvals: 2,
  });
  assert.ok(under !== undefined);
  const { sets, upTo } = minimalSets(releaseDemands(under));
  assert.equal(upTo, null);
  assert.ok(sets.length > 10);
  const people = new Map(everybody(under).map((each) => [each.keyid, each]));
  for (const set of sets) {
    const thieves = set.map((keyid) => people.get(keyid) as Held);
    assert.ok(await releasable(under, thieves), thieves.map(({ name }) => name).join(", "));
    for (const spared of thieves)
      assert.ok(
        !(await releasable(
          under,
          thieves.filter((thief) => thief !== spared),
        )),
      );
  }
});

test("an urgent release takes the approvals more that the formula asks for", async () => {
  const under = sampleUnder({ ...plainSample, extraApprovals: 1 });
  assert.ok(under !== undefined);
  const thieves = everybody(under).filter(({ name }) => ["builder", "ci", "ana", "ben", "cleo"].includes(name));
  for (const set of subsetsOf(thieves))
    assert.equal(
      await releasable(under, set, true),
      holds(releaseDemands(under, 2), (keyid) => set.some((thief) => thief.keyid === keyid)),
    );
});

test("a set of keys signs a channel file exactly when the formula says so", async () => {
  await fc.assert(
    fc.asyncProperty(anyUnder, async (under) => {
      const authority = channelAuthority(under.targets, "stable");
      assert.ok(authority !== undefined);
      const formula = signingQuorum(under, "stable");
      const checks = channelChecks.filter(({ name }) => ["channel/signatures", "channel/owners"].includes(name));
      assert.equal(checks.length, 2);
      for (const set of subsetsOf(everybody(under).filter(({ name }) => name.startsWith("s")))) {
        const bytes = await signedBytes(targetsOf({}, { delegations: undefined }), ...set);
        const candidate = must(readEnvelope(targets, bytes, "stable.json"));
        const subject: object = {
          candidate,
          authority,
          ownerOf: (keyid: string) => principalOf(under.policy, keyid),
          stored: undefined,
          entry: undefined,
          now: 0,
        };
        const signed: boolean = checks.every((check) => check.examine(subject as never).ok);
        assert.equal(
          signed,
          holds(formula, (keyid) => set.some((thief) => thief.keyid === keyid)),
        );
      }
    }),
    { numRuns: 20 },
  );
});

const plain = sampleUnder(plainSample) as ChannelUnder;

test("a set of keys makes the next root exactly when the formula says so", async () => {
  const trusted = must(readEnvelope(root, await signedBytes(rootOf()), "1.root.json")).signed;
  const formula = topQuorum(plain, "root");
  const own = held("mallory");
  const roles = { ...(rootOf() as { readonly roles: object }).roles, root: { keyids: [own.keyid], threshold: 1 } };
  const keys = { ...trusted.keys, [own.keyid]: own.key };
  const countersign = { ...(rootOf() as { readonly countersign: { readonly owners: object } }).countersign };
  const document = rootOf({
    version: 2,
    roles,
    keys,
    countersign: { ...countersign, owners: { ...countersign.owners, [own.keyid]: "mallory" } },
  });
  for (const set of subsetsOf([topPeople.alice, topPeople.bob, topPeople.publisher])) {
    const candidate = must(readEnvelope(root, await signedBytes(document, ...set, own), "2.root.json"));
    const followed = judge({ candidate, trusted }, rootChecks).outcome.ok;
    assert.equal(
      followed,
      holds(formula, (keyid) => set.some((thief) => thief.keyid === keyid)),
    );
  }
});

test("a set of log and witness keys makes a second history exactly when the formula says so", async () => {
  const signers = [signerFromSeed(rawSha256(Buffer.from("log")), "log.example", 1)].concat(
    ["w1", "w2", "w3"].map((name) => signerFromSeed(rawSha256(Buffer.from(name)), name, 4)),
  );
  const trust = ledgerTrust(plain.root);
  const formula = forkQuorum(plain);
  const text = formatCheckpoint({ origin: trust.origin, size: 7, root: rawSha256(Buffer.from("another history")) });
  const bytes = Buffer.from(text);
  for (const set of subsetsOf(signers).filter((some) => some.length > 0)) {
    const lines = await Promise.all(set.map((signer) => (signer.type === 1 ? signNote(bytes, signer) : cosign(bytes, 1_000_000, signer))));
    const candidate = must(claimedCheckpoint(formatNote(text, lines), trust));
    const believed = cosignedCheck("fork").examine({ candidate, ledger: trust }).ok;
    const has = new Set(set.map(({ name, publicKey, type }) => keyidOfVkey({ name, publicKey, type, keyId: 0 })));
    assert.equal(
      believed,
      holds(formula, (keyid) => has.has(keyid)),
    );
  }
});

test("the revokers whom a device must hear, and the monitors that must have read on, are those of the formulas", async () => {
  const sample: Sample = {
    ...plainSample,
    revokers: [held("r1", "ana"), held("r2", "ana"), held("r3", "ben"), held("r4", "cleo")],
    freshRevokers: 2,
    monitors: [held("m1", "ana"), held("m2", "ben"), held("m3", "ben")],
    readThrough: 2,
  };
  const under = sampleUnder(sample);
  assert.ok(under !== undefined);
  const { policy, rules } = under;
  for (const set of subsetsOf(sample.revokers)) {
    const known = Object.fromEntries(set.map(({ keyid }) => [keyid, { version: 1, time: 100 }]));
    const subject = { candidate: undefined, policy, now: 100, known, served: {}, soakEnd: 50, freshRevokers: 2, revocationSeconds: 60 };
    const [fresh] = heardChecks;
    assert.equal(
      fresh?.examine(subject).ok,
      holds(revokerQuorum(policy, rules), (keyid) => keyid in known),
    );
  }
  const candidate = await entryOf(statementOf(), [], new TestLog());
  const note = must(claimedCheckpoint(await log.note([1, 1, 1]), ledger));
  for (const set of subsetsOf(sample.monitors)) {
    const checkpoint = { ...note, checkpoint: { ...note.checkpoint, size: 10 } };
    const readThroughs = set.map(({ name: monitor }) => ({ monitor, checkpoint }));
    assert.equal(
      readPastCheck.examine({ candidate, policy, rules, readThroughs }).ok,
      holds(monitorQuorum(policy, rules), (keyid) => set.some((one) => one.keyid === keyid)),
    );
  }
});
