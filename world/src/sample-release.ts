// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { attest } from "@countersign/build/attest";
import { packDirectory } from "@countersign/repository/pack";
import { signDocument } from "@countersign/repository/sign-document";
import type { Entry as LedgerEntry } from "@countersign/tlog/entry";
import { canonicalDigest, servedBytes } from "@countersign/trust/canonical";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { type Envelope, envelope } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import { type Approval, approval, approvalsDigest } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { proofPath } from "@countersign/trust/workflow/step";
import { keyForBuild } from "./certified-key.ts";
import type { Ground } from "./ground.ts";
import { agreedBuild } from "./plan.ts";

/** What a sample holds, by path: a program that names its own sequence, unless told. */
export type SampleFiles = Readonly<Record<string, string>>;

/** A release on the channel of a ground's plan, with a small archive for one platform, built and attested by the plan's builders. */
export async function sampleStatement(
  { project, store, ledger, key }: Ground,
  change: Partial<Statement> = {},
  files?: SampleFiles,
): Promise<Statement> {
  const { product, channel, builders } = project.plan;
  const sequence = change.sequence ?? 1;
  const archive = await pack(files ?? { "bin/run": `#!/bin/sh\necho ${product} ${sequence}\n` });
  const artifact = { name: `${product}-${sequence}.tar.zst`, length: archive.bytes.length, sha256: sha256(archive.bytes) };
  await store.write(`artifacts/${artifact.sha256}`, archive.bytes);
  const provenance: Digest[] = [];
  for (const builder of builders) {
    const build = { ...agreedBuild(builder), artifacts: [artifact], commit: "0".repeat(40) };
    const attested = await attest({ ...build, key: await keyForBuild(builder, await key(builder.holder), build, Date.now()) });
    const digest = sha256(attested);
    await store.write(`provenance/${digest}`, attested);
    await store.write(proofPath(digest), Buffer.from(await logged(ledger.append({ type: "provenance", digest }))));
    provenance.push(digest);
  }
  return {
    _type: "release",
    spec: "countersign/1",
    product,
    version: `1.0.${sequence}`,
    channel,
    sequence,
    predecessor: null,
    epoch: 0,
    urgent: false,
    minimumSequence: 0,
    artifacts: [{ ...artifact, platform: "linux-x64", unpacked: archive.unpacked, files: archive.files }],
    provenance,
    privileges: [],
    health: { command: ["bin/run", "--health"], expect: null, timeoutSeconds: 10, attempts: 1 },
    rollout: { overSeconds: 0 },
    ...change,
  };
}

async function pack(files: SampleFiles): Promise<{ readonly bytes: Buffer; readonly unpacked: number; readonly files: number }> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-sample-"));
  for (const [path, content] of Object.entries(files)) {
    const file = join(scratch.path, "tree", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const archive = join(scratch.path, "sample.tar.zst");
  const packed = await packDirectory(join(scratch.path, "tree"), archive);
  if (!packed.ok) throw new Error(`${packed.refusal.code}: ${packed.refusal.found}`);
  return { bytes: await readFile(archive), unpacked: packed.value.unpacked, files: packed.value.files };
}

/** Who proposes and who approves; the plan's own proposer and as many people as it asks for, from the first, unless told. */
export interface Voices {
  readonly proposer?: string;
  readonly approvers?: readonly string[];
}

/** A statement or an order with its approvals, in the ledger: what govern hands to signers. */
export async function enter<T extends Statement | Order>(ground: Ground, body: T, voices: Voices = {}): Promise<Entry<T>> {
  const { proposer, people, approvals: needed } = ground.project.plan;
  const { proposer: proposing = proposer.holder, approvers = people.slice(0, needed) } = voices;
  const digest = canonicalDigest(body);
  const approvals = [await say(ground, "propose", body._type, digest, proposing)];
  for (const approver of approvers) approvals.push(await say(ground, "approve", body._type, digest, approver));
  const entry: LedgerEntry = { type: body._type, digest, approvals: approvalsDigest(approvals) };
  return { body, digest, approvals, proof: await logged(ground.ledger.append(entry)) };
}

async function say(
  { key }: Ground,
  decision: Approval["decision"],
  subject: Approval["subject"],
  digest: Digest,
  holder: string,
): Promise<Envelope<Approval>> {
  const said: Approval = { _type: "approval", spec: "countersign/1", decision, subject, digest };
  const document = await signDocument(said, [await key(holder)]);
  return envelope(approval)(JSON.parse(Buffer.from(servedBytes(document)).toString()), "");
}

async function logged(appended: Promise<Outcome<{ readonly proof: string }>>): Promise<string> {
  const outcome = await appended;
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: ${outcome.refusal.found}`);
  return outcome.value.proof;
}
