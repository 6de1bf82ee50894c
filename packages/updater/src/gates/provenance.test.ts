// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { preAuthenticationEncoding } from "@countersign/trust/build/dsse";
import { inTotoPayloadType } from "@countersign/trust/build/in-toto";
import { canonicalDigest, servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import type { Denial } from "@countersign/trust/revocation/list";
import { digestOf, entryOf, say, statementOf, TestLog, usualProvenance } from "@countersign/trust/simulator.test-support";
import { keptEvidence } from "../evidence.ts";
import type { Report } from "../report.ts";
import { type HeadScene, meets } from "./head-scene.test-support.ts";
import { provenanceGate } from "./provenance.ts";

const { alice, builder, carol, revoker } = people;
const start = 1_000_000;
const soaked = start + 3600;
const payload = servedBytes(usualProvenance);
const sig = Buffer.from(await builder.sign(preAuthenticationEncoding(inTotoPayloadType, payload))).toString("base64");

/** What a device says to a release whose provenance has these signatures, when this was denied before. */
async function at(signatures: readonly object[], ...denials: readonly Denial[]): Promise<string> {
  const { refusal, offered } = await meeting(signatures, { denials });
  return refusal?.code ?? `${offered?.version}`;
}

/** The same, where the provenance is proven in another log than the release. */
async function meeting(
  signatures: readonly object[],
  { denials = [], other, leaves }: { denials?: readonly Denial[]; other?: TestLog } & Pick<HeadScene, "leaves">,
): Promise<Report> {
  const file = servedBytes({ payloadType: inTotoPayloadType, payload: Buffer.from(payload).toString("base64"), signatures });
  const digest = sha256(file);
  const body = statementOf({ provenance: [digest] });
  const voices = [
    await say(carol, "propose", "release", canonicalDigest(body)),
    await say(alice, "approve", "release", canonicalDigest(body)),
  ];
  const log = new TestLog();
  const proof = await (other ?? log).prove({ type: "provenance", digest }, [start, start, start]);
  return meets({
    log,
    releases: [await entryOf(body, voices, log, start)],
    policies: [policyOf()],
    memory: { time: soaked, lists: { [revoker.keyid]: { version: 1, time: soaked } }, denials: { security: denials } },
    served: { [revoker.keyid]: { version: 1, seen: {} } },
    files: { [`provenance/${digest}`]: Buffer.from(file).toString(), [`proofs/${digest}.tlog-proof`]: proof },
    provenance: provenanceGate,
    leaves,
  });
}

test("attack: a denied build is released again in another envelope: one signature more, another hint", async () => {
  const no = { since: start, until: null, reason: "a wrong compiler" };
  for (const signatures of [[{ sig }], [{ keyid: "me", sig }], [{ sig }, { sig: "AAAA" }]]) {
    assert.equal(await at(signatures), "1.0.0");
    assert.equal(await at(signatures, { ...no, kind: "build", name: sha256(payload) }), "revoked");
    assert.equal(await at(signatures, { ...no, kind: "builder", name: builder.keyid }), "revoked");
    assert.equal(await at(signatures, { ...no, kind: "build", name: digestOf("another") }), "1.0.0");
  }
});

test("attack: provenance in a ledger that nobody else is shown, cosigned by a quorum that lies: it is refused, and both checkpoints are kept", async () => {
  const kept: string[] = [];
  const leaves = async (directory: string) => void kept.push(...(await keptEvidence(directory)));
  const { refusal, trail } = await meeting([{ sig }], { other: new TestLog(), leaves });
  assert.deepEqual([refusal?.code, trail.at(-1)?.check], ["ledger-inconsistent", "provenance/consistent"]);
  assert.match(kept.join(), /\/forked\.[0-9a-f]{64}\.json$/);
});
