// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 as rawSha256 } from "@countersign/tlog/hash";
import { formatSignature, parseNote } from "@countersign/tlog/note";
import { parseTlogProof } from "@countersign/tlog/proof";
import { cosign, signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import fc from "fast-check";
import { root, topAuthority } from "../anchor/root.ts";
import { snapshotChecks } from "../anchor/snapshot.ts";
import { channelAuthority, channelChecks, type TargetFile, targets, targetsChecks } from "../anchor/targets.ts";
import { judge } from "../check.ts";
import { decodeBytes } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { readEnvelope } from "../envelope.ts";
import { expires, type Files, honestStates, people, rootOf, spec_version } from "../founding.test-support.ts";
import { ledgerTrust } from "../ledger/checkpoint.ts";
import { loggedCheck } from "../ledger/inclusion.ts";
import { defaultLimits } from "../limits.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";
import { head } from "../release/head.ts";
import { codeOf, digestOf, ledger, must, signedBytes, TestLog } from "../simulator.test-support.ts";
import { tableOf } from "../table.ts";
import { snapshot } from "../tuf/snapshot.ts";
import { nextListedRole } from "./listed-role.ts";
import { nextPolicy, policyChecks } from "./policy.ts";
import { nextRoots, rootChainChecks } from "./roots.ts";
import { proofPath, type Read } from "./step.ts";
import { nextTimestamp, timestampRules } from "./timestamp.ts";

const now = Date.parse("2029-01-01T00:00:00Z");
const [before, after] = await honestStates();
const readFrom =
  (files: Files): Read =>
  async (path, maxBytes) => {
    const bytes = files.get(path);
    return bytes !== undefined && bytes.length > maxBytes ? refuse("too-long", `${maxBytes}`, `${bytes.length}`, "") : accept(bytes);
  };

/** The client workflow from the first root to the head, over whatever a mirror serves: what it says of all that it accepted. */
async function refresh(files: Files): Promise<Outcome<string>> {
  const read = readFrom(files);
  const anchor = must(readEnvelope(root, before.get("metadata/1.root.json") ?? Buffer.of(), "anchor"));
  const chain = (await nextRoots(anchor, read, rootChainChecks)).outcome;
  if (!chain.ok) return chain;
  const trusted = (chain.value.at(-1) ?? anchor).signed;
  const dated = (await nextTimestamp({ root: trusted, stored: undefined, remembered: undefined, now }, read, timestampRules)).outcome;
  if (!dated.ok) return dated;
  const { timestamp } = dated.value;
  const ownerOf = (keyid: string) => trusted.countersign.owners[keyid];
  const common = { ownerOf, stored: undefined, now };
  const listedBySnapshot = timestamp.signed.meta["snapshot.json"];
  const snapshotRole = {
    role: "snapshot",
    decoder: snapshot,
    authority: topAuthority(trusted, "snapshot"),
    entry: accept(listedBySnapshot),
    ...common,
  };
  const listing = (await nextListedRole(snapshotRole, read, snapshotChecks)).outcome;
  if (!listing.ok) return listing;
  const { meta } = listing.value.signed;
  const topRole = {
    role: "targets",
    decoder: targets,
    authority: topAuthority(trusted, "targets"),
    entry: meta.get("targets.json"),
    ...common,
  };
  const top = (await nextListedRole(topRole, read, targetsChecks)).outcome;
  if (!top.ok) return top;
  const rules = (await nextPolicy(top.value.signed, undefined, read, policyChecks)).outcome;
  if (!rules.ok) return rules;
  const authority = channelAuthority(top.value.signed, "stable");
  if (authority === undefined) return refuse("unknown-channel", "", "", "");
  const channelRole = { role: "stable", decoder: targets, authority, entry: meta.get("stable.json"), ...common };
  const channel = (await nextListedRole(channelRole, read, channelChecks)).outcome;
  if (!channel.ok) return channel;
  for (const [type, { digest }] of [
    ["targets", top.value],
    ["channel", channel.value],
  ] as const) {
    const proof = Buffer.from(files.get(proofPath(digest)) ?? []).toString();
    const logged = judge({ candidate: { type, digest }, proof, ledger }, [loggedCheck(type)]).outcome;
    if (!logged.ok) return logged;
  }
  const directory = "stable/hello/linux-x64/";
  const wanted = must(channel.value.signed.targets.get(`${directory}head.json`))?.hashes.sha256;
  const bytes = files.get(`targets/${directory}${wanted}.head.json`) ?? Buffer.of();
  if (sha256(bytes) !== wanted) return refuse("digest-mismatch", `${wanted}`, "", "");
  const offered = decodeBytes(head, bytes, "head");
  if (!offered.ok) return offered;
  return accept(
    JSON.stringify([
      sha256(timestamp.message),
      listing.value.digest,
      top.value.digest,
      rules.value.digest,
      channel.value.digest,
      offered.value.releases[0]?.digest,
    ]),
  );
}

const honest = [must(await refresh(before)), must(await refresh(after))];

test("each honest state is accepted, and they differ", () => {
  assert.notEqual(honest[0], honest[1]);
});

test("attack: one byte changed anywhere is never accepted as anything but an honest state", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(before, after),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (state, file, at, mask) => {
        const [path, bytes] = [...state][file % state.size] ?? ["", Buffer.of(0)];
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at % bytes.length) ^ mask, at % bytes.length);
        const outcome = await refresh(new Map([...state, [path, changed]]));
        assert.ok(!outcome.ok || honest.includes(outcome.value), `${path} at ${at % bytes.length}`);
      },
    ),
    { numRuns: 150 },
  );
});

test("attack: files mixed, swapped and left out between two honest states yield one of them or a refusal", async () => {
  const paths = [...after.keys()];
  const move = fc.record({ from: fc.constantFrom(...paths), to: fc.constantFrom(...paths), kind: fc.constantFrom("copy", "old", "drop") });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 4 }), async (moves) => {
      const files = new Map(after);
      for (const { from, to, kind } of moves) {
        const bytes = kind === "copy" ? after.get(from) : kind === "old" ? before.get(to) : undefined;
        if (bytes === undefined) files.delete(to);
        else files.set(to, bytes);
      }
      const outcome = await refresh(files);
      seen.add(codeOf(outcome));
      assert.ok(!outcome.ok || honest.includes(outcome.value));
    }),
    { numRuns: 150 },
  );
  assert.ok(seen.has("accepted") && seen.size > 3, [...seen].join());
});

test("attack: a stored file is not taken back, also when everything served is honest", async () => {
  const stored = must(readEnvelope(targets, after.get("metadata/2.stable.json") ?? Buffer.of(), "channel"));
  const listing = must(readEnvelope(snapshot, before.get("metadata/1.snapshot.json") ?? Buffer.of(), "snapshot")).signed;
  const top = must(readEnvelope(targets, before.get("metadata/1.targets.json") ?? Buffer.of(), "targets")).signed;
  const authority = channelAuthority(top, "stable");
  assert.ok(authority);
  const input = {
    role: "stable",
    decoder: targets,
    authority,
    ownerOf: (keyid: string) => keyid,
    stored,
    entry: listing.meta.get("stable.json"),
    now,
  };
  assert.equal(codeOf((await nextListedRole(input, readFrom(before), channelChecks)).outcome), "version-rolled-back");
});

test("what is here already is not fetched again, and is judged again all the same: time has passed", async () => {
  const entry = must(readEnvelope(snapshot, before.get("metadata/1.snapshot.json") ?? Buffer.of(), "snapshot")).signed.meta.get(
    "stable.json",
  );
  const stored = must(readEnvelope(targets, before.get("metadata/1.stable.json") ?? Buffer.of(), "channel"));
  const top = must(readEnvelope(targets, before.get("metadata/1.targets.json") ?? Buffer.of(), "targets")).signed;
  const authority = channelAuthority(top, "stable");
  assert.ok(authority);
  const input = { role: "stable", decoder: targets, authority, ownerOf: (keyid: string) => keyid, stored, entry };
  const nothing = readFrom(new Map());
  assert.equal(codeOf((await nextListedRole({ ...input, now }, nothing, channelChecks)).outcome), "accepted");
  assert.equal(
    codeOf((await nextListedRole({ ...input, now: Date.parse("2031-01-01T00:00:00Z") }, nothing, channelChecks)).outcome),
    "expired",
  );
  assert.equal(
    codeOf((await nextListedRole({ ...input, now, entry: accept(undefined) }, nothing, channelChecks)).outcome),
    "role-not-listed",
  );
  assert.equal(
    codeOf((await nextListedRole({ ...input, now, entry: accept({ version: 1 }) }, nothing, channelChecks)).outcome),
    "missing-file",
    "listed without hashes, it may be another file of that version",
  );
});

test("attack: stolen keys raise a channel's version as far as it goes; once targets name others, what they signed holds nothing off", async () => {
  const { alice, bob, carol } = people;
  const file = (version: number, ...signers: readonly (typeof alice)[]) =>
    signedBytes({ _type: "targets", spec_version, version, expires, targets: {} }, ...signers);
  const stored = must(readEnvelope(targets, await file(Number.MAX_SAFE_INTEGER, alice, bob), "channel"));
  const honest = await file(2, bob, carol);
  const code = async (...keys: readonly (typeof alice)[]) => {
    const authority = {
      keys: Object.fromEntries(keys.map(({ keyid, key }) => [keyid, key])),
      keyids: keys.map(({ keyid }) => keyid),
      threshold: 2,
      paths: ["stable/*/*/*"],
    };
    const entry = accept({ version: 2, length: honest.length, hashes: { sha256: sha256(honest) } });
    const input = { role: "stable", decoder: targets, authority, ownerOf: (keyid: string) => keyid, stored, entry, now };
    return codeOf((await nextListedRole(input, async () => accept(honest), channelChecks)).outcome);
  };
  assert.equal(await code(alice, bob, carol), "version-rolled-back", "keys that are merely added take nothing back");
  assert.equal(await code(bob, carol), "accepted");
});

test("attack: endless data, however long the online key lists a file to be", async () => {
  const asked: number[] = [];
  const read: Read = async (_path, maxBytes) => {
    asked.push(maxBytes);
    return accept(undefined);
  };
  const input = {
    role: "stable",
    decoder: targets,
    authority: { keys: {}, keyids: [], threshold: 1 },
    ownerOf: () => undefined,
    stored: undefined,
    now,
  };
  const { targetsBytes, snapshotBytes } = defaultLimits;
  for (const [role, limit] of [
    ["stable", targetsBytes],
    ["targets", targetsBytes],
    ["snapshot", snapshotBytes],
  ] as const) {
    for (const length of [undefined, 100, Number.MAX_SAFE_INTEGER])
      await nextListedRole({ ...input, role, entry: accept({ version: 1, length }) }, read, []);
    assert.deepEqual(asked.splice(0), [limit, 100, limit]);
  }
});

test("a snapshot of more than 4 MiB is read, as docs/signing-and-served-form.md allows, and one above 8 MiB is not", async () => {
  const anchor = must(readEnvelope(root, before.get("metadata/1.root.json") ?? Buffer.of(), "anchor"));
  const input = {
    role: "snapshot",
    decoder: snapshot,
    authority: topAuthority(anchor.signed, "snapshot"),
    ownerOf: (keyid: string) => keyid,
    stored: undefined,
    entry: accept({ version: 1 }),
    now,
  };
  const fields = { _type: "snapshot", spec_version, version: 1, expires, meta: {} };
  const code = async (padding: number) => {
    const bytes = await signedBytes({ ...fields, padding: "x".repeat(padding) }, people.publisher);
    return codeOf((await nextListedRole(input, async () => accept(bytes), snapshotChecks)).outcome);
  };
  assert.equal(await code(5 << 20), "accepted");
  assert.equal(await code(8 << 20), "document-too-large");
});

test("attack: bytes that are not the listed file are refused before anything of them is parsed", async () => {
  const entry = must(readEnvelope(snapshot, before.get("metadata/1.snapshot.json") ?? Buffer.of(), "snapshot")).signed.meta.get(
    "stable.json",
  );
  const input = {
    role: "stable",
    decoder: (): never => assert.fail("it was decoded"),
    authority: { keys: {}, keyids: [], threshold: 1, paths: [] },
    ownerOf: () => undefined,
    stored: undefined,
    entry,
    now,
  };
  for (const served of ["{", '{"signatures":[],"signed":{}}', "[".repeat(1000)]) {
    const { verdicts, outcome } = await nextListedRole(input, async () => accept(Buffer.from(served)), channelChecks);
    assert.equal(codeOf(outcome), "not-the-listed-file");
    assert.deepEqual(
      verdicts.map(({ check, refusal }) => [check, refusal?.code]),
      [["channel/listed", "not-the-listed-file"]],
    );
  }
});

test("attack: a root that was agreed on and never made public", async () => {
  const { alice, bob } = people;
  const anchor = must(readEnvelope(root, before.get("metadata/1.root.json") ?? Buffer.of(), "anchor"));
  const next = await signedBytes(rootOf({ version: 2 }), alice, bob);
  const code = async (proof: string | undefined) => {
    const files = new Map<string, Uint8Array>([["metadata/2.root.json", next]]);
    if (proof !== undefined) files.set(proofPath(sha256(next)), Buffer.from(proof));
    return codeOf((await nextRoots(anchor, readFrom(files), rootChainChecks)).outcome);
  };
  assert.equal(await code(undefined), "missing-file");
  assert.equal(await code(await new TestLog().prove({ type: "root", digest: digestOf("another") }, [1, 1])), "inclusion-unproven");
  assert.equal(await code(await new TestLog().prove({ type: "root", digest: sha256(next) }, [1])), "witness-quorum-missing");
  const proof = await new TestLog().prove({ type: "root", digest: sha256(next) }, [1, 1]);
  assert.equal(await code(proof), "accepted");
  assert.equal(
    await code(`\ufeff${proof}`),
    "proof-malformed",
    "another file than the ledger's, which reads alike where the mark is dropped",
  );
});

test("attack: a root that names other witnesses, proven under those and not under the ones of the root before", async () => {
  const { alice, bob } = people;
  const anchor = must(readEnvelope(root, before.get("metadata/1.root.json") ?? Buffer.of(), "anchor"));
  const newcomer = signerFromSeed(rawSha256(Buffer.from("w4")), "w4", 4);
  const { countersign } = anchor.signed;
  const witnesses = [
    ...countersign.witnesses.slice(2).map(({ name, publicKey }) => formatVkey(name, 4, publicKey)),
    formatVkey("w4", 4, newcomer.publicKey),
  ];
  const extension = { ...(rootOf() as { readonly countersign: object }).countersign, witnesses };
  const next = await signedBytes(rootOf({ version: 2, countersign: extension }), alice, bob);
  const proofOf = async (times: readonly (number | undefined)[]): Promise<string> => {
    const proof = await new TestLog().prove({ type: "root", digest: sha256(next) }, times);
    const { text } = must(parseNote(Buffer.from(must(parseTlogProof(proof)).note)));
    return `${proof}${formatSignature(await cosign(Buffer.from(text), 1, newcomer))}`;
  };
  const byNew = await proofOf([undefined, undefined, 1]);
  const trusted = ledgerTrust(must(readEnvelope(root, next, "next")).signed);
  const entry = { type: "root", digest: sha256(next) } as const;
  assert.equal(
    codeOf(judge({ candidate: entry, proof: byNew, ledger: trusted }, [loggedCheck("root")]).outcome),
    "accepted",
    "by its own word",
  );
  const code = async (proof: string) => {
    const files = new Map<string, Uint8Array>([
      ["metadata/2.root.json", next],
      [proofPath(sha256(next)), Buffer.from(proof)],
    ]);
    return codeOf((await nextRoots(anchor, readFrom(files), rootChainChecks)).outcome);
  };
  assert.equal(await code(byNew), "witness-quorum-missing");
  assert.equal(await code(await proofOf([undefined, 1, 1])), "accepted");
});

test("a policy that targets do not list is none", async () => {
  const bare = {
    _type: "targets",
    spec_version: "1.0",
    version: 1,
    expires: "2030-01-01T00:00:00Z",
    targets: tableOf<TargetFile>({}),
  } as const;
  assert.equal(codeOf((await nextPolicy(bare, undefined, readFrom(new Map()), policyChecks)).outcome), "policy-missing");
});
