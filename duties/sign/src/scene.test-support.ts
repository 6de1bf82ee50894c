// SPDX-License-Identifier: Apache-2.0
// What the tests of this duty share: a founded repository with real ledger, witnesses and publish, and govern in the hands of an attacker.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@countersign/daemon/http";
import { httpReader } from "@countersign/repository/http-store";
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead, type Place } from "@countersign/repository/next-head";
import { readFrom } from "@countersign/repository/read-from";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { accept } from "@countersign/trust/refusal";
import { type Entry, type Head, headDocument } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import type { Denial, RevocationList } from "@countersign/trust/revocation/list";
import type { Read } from "@countersign/trust/workflow/step";
import { publishConfig } from "@countersign/world/duty-configs";
import { type Ground, layGround } from "@countersign/world/ground";
import { lavishAnswer } from "@countersign/world/lavish-govern";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile } from "@countersign/world/project";
import { enter, sampleStatement, type Voices } from "@countersign/world/sample-release";
import { signerChecks } from "./checks.ts";
import { ArtifactBytes } from "./evidence.ts";
import { gather, type Senses } from "./gather.ts";
import { SignerRecord } from "./record.ts";
import type { Added } from "./subject.ts";

const directory = mkdtempSync(join(tmpdir(), "sign-"));
const plan = {
  ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]),
  soakSeconds: 10,
  urgent: { soakSeconds: 1, extraApprovals: 1 },
  pace: { batchMilliseconds: 10, pollMilliseconds: 50, heartbeatMilliseconds: 200, timestampSeconds: 3600 },
};
export const ground: Ground = await layGround(directory, plan);
export const stopping: AbortController = new AbortController();
after(async () => {
  stopping.abort();
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** What govern, in the hands of an attacker, asks for, and what it says was signed: whatever it likes; and whether it has a window open. */
export const asked: { open: readonly SigningRequest[]; signed: readonly SigningRequest[]; windows: "open" | "closed" } = {
  open: [],
  signed: [],
  windows: "open",
};

const wireOf = (request: SigningRequest) => ({
  ...request,
  heads: Object.fromEntries(Object.entries(request.heads).map(([path, head]) => [path, headDocument(head)])),
});

/** What signers told govern. */
export const posted: {
  path: string;
  body: { keyid?: string; sig?: string; signer: string; refusal?: { code: string }; verdicts: unknown[] };
}[] = [];

export const govern: string = await serve(
  async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const granted = lavishAnswer(request.method, pathname, "stable");
    if (granted !== undefined) return Response.json(asked.windows === "open" ? granted : { windows: [] });
    const said = await request.text();
    if (said !== "") posted.push({ path: pathname, body: JSON.parse(said) });
    return Response.json({ requests: (searchParams.get("state") === "open" ? asked.open : asked.signed).map(wireOf) });
  },
  { port: 0 },
  stopping.signal,
);
await ground.start("publish", "publish", publishConfig(ground.project, 0, govern, ground.ledgerUrl));

export const read: Read = readFrom(httpReader(ground.url));
export const senses: Senses = {
  read,
  artifacts: new ArtifactBytes(ground.url),
  anchor: readFileSync(anchorFile(ground.project)),
  record: new SignerRecord(":memory:"),
  signaturesPerHour: 60,
  now: Date.now,
};
export const place: Place = { product: "hello", platform: "linux-x64", channel: "stable" };
export const soon: string = `${new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 19)}Z`;

let listed = 0;

/** Writes a revoker's list, dated now, and returns its version. */
export async function writeList(
  denials: readonly Denial[] = [],
  revoker = "revoke-ann",
  seen: RevocationList["seen"] = {},
): Promise<number> {
  const checkpoint = await ground.ledger.checkpoint();
  assert.ok(checkpoint.ok);
  const list = { _type: "revocations", spec: "countersign/1", revoker, version: ++listed, checkpoint: checkpoint.value, seen, denials };
  await ground.store.write(`revocations/${revoker}.json`, documentBytes(await signDocument(list, [await ground.key(revoker)])));
  return listed;
}

/** What an honest govern asks for: these entries, one after the other, in a head of a channel that has none yet. */
export function requestFor(...entries: readonly Added[]): SigningRequest {
  const head = entries.reduce<Head | undefined>((before, entry) => nextHead(before, place, entry), undefined);
  const last = entries.at(-1);
  assert.ok(head && last);
  const heads = { [headPath(place)]: head };
  const channelFile = nextChannel(undefined, new Map(Object.entries(heads)), soon);
  return { id: canonicalDigest(channelFile), channel: "stable", channelFile, heads, added: last.digest, signatures: [] };
}

/** What a signer with these senses and these checks says: ok, or the code of its refusal. */
export async function codeOf(request: SigningRequest, change: Partial<Senses> = {}, without?: string): Promise<string> {
  const subject = await gather(request, { ...senses, ...change });
  if (!subject.ok) return subject.refusal.code;
  const checks = signerChecks.filter(({ name }) => name !== without);
  const { outcome } = judge(subject.value, checks);
  return outcome.ok ? "ok" : outcome.refusal.code;
}

/** Waits until a signer would say this, while revokers keep saying that nothing is denied. */
export async function until(code: string, request: SigningRequest): Promise<void> {
  for (let wait = 0; wait < 1200; wait++) {
    await writeList();
    if ((await codeOf(request)) === code) return;
    await sleep(100);
  }
  assert.equal(await codeOf(request), code);
}

/** Reads the store as a mirror shows it that hides what begins so. */
export function hiding(hidden: string): Read {
  return async (path, maxBytes) => (path.startsWith(hidden) ? accept(undefined) : read(path, maxBytes));
}

/** Proposes, approves and logs a release. */
export async function release(change: Partial<Statement> = {}, voices: Voices = {}): Promise<Entry<Statement>> {
  return await enter(ground, await sampleStatement(ground, change), voices);
}

for (let wait = 0; wait < 1200 && (await ground.store.read("metadata/timestamp.json")) === undefined; wait++) await sleep(50);
export const good: Entry<Statement> = await release();
export const honest: SigningRequest = requestFor(good);
