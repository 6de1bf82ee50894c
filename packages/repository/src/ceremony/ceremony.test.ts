// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import type { Outcome } from "@countersign/trust/refusal";
import { acceptRoot, trustRoot } from "@countersign/trust/tuf/trusted";
import { differencesText } from "../diff/text.ts";
import { delegate } from "../edit/delegation-edits.ts";
import { firstRoot, firstTargets } from "../edit/first.ts";
import { fileOf } from "../edit/message.ts";
import { ed25519, expires, type TestKey } from "../edit/plain-repository.test-support.ts";
import { revise } from "../edit/revise.ts";
import { replaceTopKey, setTopRole } from "../edit/root-edits.ts";
import { splice } from "../edit/splice.ts";
import { signMessage } from "../sign-document.ts";
import { eventDifferences, eventProgress, finishEvent, joinEvents, signEvent } from "./ceremony.ts";
import { eventText } from "./event-text.ts";
import { eventBytes, type Opening, openEvent, readEvent, type SigningEvent } from "./signing-event.ts";

const [ann, ben, cem, dia, stranger] = Array.from({ length: 5 }, ed25519) as [TestKey, TestKey, TestKey, TestKey, TestKey];
const three = { keys: [ann.tuf, ben.tuf, cem.tuf], threshold: 2 };
const online = { keys: [dia.tuf], threshold: 1 };
const rootMessage = firstRoot({ root: three, targets: three, snapshot: online, timestamp: online }, expires);
const signed = async (message: Uint8Array, ...keys: readonly TestKey[]): Promise<Uint8Array> =>
  fileOf(message, await signMessage(message, keys));
const rootFile = await signed(rootMessage, ann, ben);
const held = { root: rootMessage };
const replaced = revise(rootMessage, expires, replaceTopKey(rootMessage, cem.keyid, { key: dia.tuf }));

function must<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}
const codeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? "ok" : outcome.refusal.code);
const opened = (opening: Partial<Opening> = {}): SigningEvent =>
  must(openEvent({ role: "root", message: replaced, previous: rootFile, delegators: [], ...opening }));
/** On a file to the next signer, and off it. */
const handed = (event: SigningEvent): SigningEvent => must(readEvent(eventBytes(event)));
const underRoot = (message: Uint8Array, previous: Uint8Array | undefined, role = "targets"): SigningEvent =>
  opened({ role, message, previous, delegators: [{ role: "root", bytes: rootFile }] });

test("a root goes from signer to signer on files, is complete for the old quorum and its own, and clients follow it", async () => {
  const event = opened();
  const lines = differencesText(eventDifferences(event))
    .split("\n")
    .map((line) => line.split(" ").slice(0, 4).join(" "));
  assert.deepEqual(lines.sort(), ["", "+ key of root:", "+ key of targets:", "- key of root:", "- key of targets:", "~ version: 1 →"]);
  const byAnn = must(await signEvent(handed(event), ann, held));
  const byBen = must(await signEvent(handed(event), ben, held));
  assert.equal(codeOf(finishEvent(byAnn, held)), "threshold-not-met");
  const both = must(joinEvents(handed(byAnn), handed(byBen)));
  assert.deepEqual(
    must(eventProgress(both)).map(({ saidBy, signed, filled }) => [saidBy, signed.length, filled]),
    [
      ["the root before", 2, true],
      ["this root itself", 2, true],
    ],
  );
  const text = eventText(byAnn, must(eventProgress(byAnn)));
  assert.ok(!eventText({ ...byAnn, role: "\u001b[2Jroot" }, must(eventProgress(byAnn))).includes("\u001b"), "a name moves no cursor");
  assert.match(text, /^root, version 2\n\n/);
  assert.ok(
    text.endsWith(`1 of 2 that this root itself wants: asked are ${[ben, dia].map(({ keyid }) => keyid.slice(0, 12)).join(", ")}\n`),
    text,
  );
  const { bytes: file } = must(finishEvent(both, held));
  const next = acceptRoot(must(trustRoot(rootFile).outcome), file);
  assert.equal(must(next.outcome).root.signed.version, 2);
});

test("a root that replaces more than the old quorum shares waits for both", async () => {
  const message = revise(rootMessage, expires, setTopRole(rootMessage, "root", [{ key: dia.tuf }, { key: stranger.tuf }], 2));
  let event = opened({ message });
  for (const key of [ann, ben, dia]) event = must(await signEvent(event, key, held));
  assert.equal(codeOf(finishEvent(event, held)), "threshold-not-met", "its own quorum is not filled");
  event = must(await signEvent(event, stranger, held));
  assert.equal(codeOf(finishEvent(event, held)), "ok");
});

test("targets and what they delegate are signed under the root that the signer trusts", async () => {
  const first = firstTargets(expires);
  const started = must(await signEvent(underRoot(first, undefined), ann, held));
  const { bytes: targetsFile } = must(finishEvent(must(await signEvent(started, cem, held)), held));
  const next = revise(
    first,
    expires,
    delegate(first, { name: "team", keys: [dia.tuf], threshold: 1, terminating: true, paths: ["team/*"] }),
  );
  const event = must(await signEvent(must(await signEvent(underRoot(next, targetsFile), ann, held)), ben, held));
  const { bytes: delegating } = must(finishEvent(event, held));
  const team = opened({
    role: "team",
    message: firstTargets(expires),
    previous: undefined,
    delegators: [
      { role: "root", bytes: rootFile },
      { role: "targets", bytes: delegating },
    ],
  });
  assert.equal(codeOf(finishEvent(must(await signEvent(handed(team), dia, held)), held)), "ok");
  assert.equal(codeOf(await signEvent(team, ann, held)), "key-not-asked");
  const short = {
    ...team,
    delegators: team.delegators.map((each) => (each.role === "root" ? each : { ...each, file: { ...each.file, signatures: [] } })),
  };
  assert.equal(codeOf(await signEvent(short, dia, held)), "threshold-not-met", "attack: a delegating file that nobody signed");
});

test("attack: in a root of ours, one owner's two keys do not fill the quorum", async () => {
  const vkey = (name: string, type: 1 | 4): string => formatVkey(name, type, rawPublicKey(generateKeyPairSync("ed25519").publicKey));
  const owners = { [ann.keyid]: "ann", [ben.keyid]: "ann", [cem.keyid]: "cem", [dia.keyid]: "dia" };
  const log = { origin: "log.example", vkey: vkey("log.example", 1) };
  const countersign = { owners, log, witnesses: [vkey("one", 4), vkey("two", 4)], witnessQuorum: 2 };
  const first = opened({ message: splice(rootMessage, [{ path: ["countersign"], value: countersign }]), previous: undefined });
  const none = { root: undefined };
  const alone = must(await signEvent(must(await signEvent(first, ann, none)), ben, none));
  assert.equal(codeOf(finishEvent(alone, none)), "threshold-not-met");
  const { bytes: rootOfOurs } = must(finishEvent(must(await signEvent(alone, cem, none)), none));
  const delegation = { name: "stable", keys: [dia.tuf], threshold: 1, terminating: true, paths: ["stable/v?/*"] };
  const loose = splice(firstTargets(expires), delegate(firstTargets(expires), delegation));
  const delegators = [{ role: "root", bytes: rootOfOurs }];
  const underOurs = opened({ role: "targets", message: loose, previous: undefined, delegators });
  assert.equal(
    codeOf(await signEvent(underOurs, ann, { root: first.document.message })),
    "malformed-document",
    "a pattern that our devices refuse",
  );
  const lax = opened({ message: splice(rootMessage, [{ path: ["countersign"], value: { owners: {} } }]), previous: undefined });
  assert.equal(codeOf(await signEvent(lax, ann, none)), "malformed-document", "and it is read by our own rules");
});

test("attack: the document is changed after somebody signed it", async () => {
  const byAnn = must(await signEvent(opened(), ann, held));
  const other = opened({ message: revise(rootMessage, "2099-01-01T00:00:00Z") });
  const swapped = { ...other, document: { ...other.document, signatures: byAnn.document.signatures } };
  assert.equal(codeOf(await signEvent(swapped, ben, held)), "signature-foreign");
  assert.equal(codeOf(joinEvents(byAnn, other)), "event-differs");
});

test("attack: a stranger's signature, or one key's twice", async () => {
  const event = opened();
  const foreign = await signMessage(event.document.message, [stranger]);
  const [own] = await signMessage(event.document.message, [ann]);
  assert.ok(own);
  const withSignatures = (...signatures: typeof foreign) => ({ ...event, document: { ...event.document, signatures } });
  assert.equal(codeOf(await signEvent(event, stranger, held)), "key-not-asked");
  assert.equal(codeOf(await signEvent(withSignatures(...foreign), ann, held)), "signature-foreign");
  assert.equal(codeOf(finishEvent(withSignatures(own, ...foreign), held)), "signature-foreign");
  assert.equal(codeOf(readEvent(eventBytes(withSignatures(own, own)))), "malformed-document");
  assert.equal(codeOf(await signEvent(withSignatures(own), ann, held)), "signed-already");
});

test("attack: a copy with a bogus signature in somebody's name, joined before or after theirs", async () => {
  const byAnn = must(await signEvent(opened(), ann, held));
  const bogus = byAnn.document.signatures.map((signature) => ({ ...signature, sig: "00".repeat(64) }));
  const forged = { ...byAnn, document: { ...byAnn.document, signatures: bogus } };
  for (const [one, other] of [
    [forged, byAnn],
    [byAnn, forged],
  ] as const)
    assert.deepEqual(must(joinEvents(one, other)).document.signatures, byAnn.document.signatures);
  assert.equal(codeOf(await signEvent(must(joinEvents(opened(), forged)), ben, held)), "signature-foreign", "alone it is found");
});

test("attack: a previous version that hides what changes, or a root that the signer does not trust", async () => {
  const evil = revise(rootMessage, expires, setTopRole(rootMessage, "root", [{ key: stranger.tuf }], 1));
  const hidden = splice(evil, [{ path: ["version"], value: 1 }]);
  const event = opened({ message: evil, previous: await signed(hidden, stranger) });
  assert.equal(differencesText(eventDifferences(event)), "~ version: 1 → 2\n", "it looks harmless");
  assert.equal(codeOf(await signEvent(event, ann, held)), "event-of-another-root");

  const first = firstTargets(expires);
  const next = splice(first, [
    { path: ["version"], value: 2 },
    { path: ["x-new"], value: 1 },
  ]);
  const forged = underRoot(next, await signed(splice(first, [{ path: ["x-new"], value: 1 }]), stranger));
  assert.equal(codeOf(await signEvent(forged, ann, held)), "threshold-not-met");
  const real = underRoot(next, await signed(first, stranger));
  assert.equal(
    codeOf(await signEvent(real, ann, { ...held, previous: first })),
    "ok",
    "signed by keys that were replaced since, and known from elsewhere",
  );
  assert.equal(codeOf(await signEvent(forged, ann, { ...held, previous: first })), "previous-differs");
});

test("attack: a version is skipped, given again, or begun anew", async () => {
  const at = (version: number) => splice(replaced, [{ path: ["version"], value: version }]);
  assert.equal(codeOf(await signEvent(opened({ message: at(3) }), ann, held)), "version-skipped");
  assert.equal(codeOf(await signEvent(opened({ message: at(1) }), ann, held)), "version-skipped");
  assert.equal(codeOf(await signEvent(opened({ message: at(2), previous: undefined }), ann, held)), "event-of-another-root");
  assert.equal(
    codeOf(await signEvent(underRoot(splice(firstTargets(expires), [{ path: ["version"], value: 5 }]), undefined), ann, held)),
    "previous-missing",
  );
});
