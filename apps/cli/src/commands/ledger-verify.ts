// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { compareSeen } from "@countersign/release/ledger-seen";
import { verifyLedger } from "@countersign/release/ledger-view";
import { ENTRY_TYPES, type Entry, encodeEntry } from "@countersign/tlog/entry";
import { type ProvenEntry, verifyTlogProof } from "@countersign/tlog/proof";
import { servedBytes } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { isDigest, sha256 } from "@countersign/trust/digest";
import { type Contradicted, type Contradiction, contradiction, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { readOption } from "../read-option.ts";
import { openRecord, type RecordOptions, trustedLedger } from "../record.ts";
import type { Answer } from "../screen.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

interface Options extends RecordOptions {
  readonly of?: string;
  readonly digest?: string;
  readonly approvals?: string;
}

export function verify(command: Command): void {
  command
    .description(
      "verify the newest checkpoint, and that the entries are exactly what it says; or a file that somebody handed over: a .tlog-proof and a device's evidence offline, a checkpoint against the ledger that is served here",
    )
    .argument("[file]", "a .tlog-proof, evidence of a device, or a checkpoint that somebody was shown")
    .option("--of <file>", "what a proof is said to be of")
    .option("--digest <sha256>", "the same by its digest")
    .option("--approvals <sha256>", "of a release or an order: the digest of its approvals");
  verb<Options>(command, "ledger verify device-1/evidence/forked.3f9c2a10.json --root root.json", async (options, _, file) => {
    if (file === undefined) return await whole(options);
    const bytes = await readOption("FILE", file);
    if (!bytes.ok) return bytes;
    if (bytes.value.subarray(0, 1).toString() === "{") return await evidence(bytes.value, options);
    return bytes.value.subarray(0, 8).toString() === "c2sp.org" ? await proof(bytes.value, options) : await seen(bytes.value, options);
  });
}

async function whole(options: Options): Promise<Outcome<Answer>> {
  const opened = await openRecord(options);
  if (!opened.ok) return opened;
  const types = await verifyLedger(opened.value);
  if (!types.ok) return types;
  const { checkpoint, times } = opened.value.cosigned;
  const root = Buffer.from(checkpoint.root).toString("hex");
  const counted = [...types.value].sort().map(([type, count]) => [type, String(count)]);
  const newest = new Date((times[0] ?? 0) * 1000).toISOString();
  return accept({
    json: { origin: checkpoint.origin, size: checkpoint.size, root, witnesses: times, types: Object.fromEntries(types.value) },
    text: `${checkpoint.origin}: ${checkpoint.size} entries, ${times.length} witnesses, the newest at ${newest}. All entries verified.\n${table(["type", "entries"], counted)}`,
  });
}

/** Offline: the entry is made from what is at hand, never taken from the proof, which does not say of what type it is. */
async function proof(bytes: Buffer, options: Options): Promise<Outcome<Answer>> {
  const trust = await trustedLedger(options);
  if (!trust.ok) return trust;
  const logged = options.of === undefined ? undefined : await readOption("--of", options.of);
  if (logged?.ok === false) return logged;
  const digest = logged === undefined ? options.digest : sha256(logged.value);
  if (digest === undefined)
    return refuse("nothing-proven", "what the proof is of", "neither --of nor --digest", "Name it: --of FILE, or --digest SHA256");
  const cut = [digest, options.approvals].find((each) => each !== undefined && !isDigest(each));
  if (cut !== undefined)
    return refuse("digest-cut", "a SHA-256 in all its 64 hex digits", cut, "Have it whole: countersign ledger tail --json");
  const text = bytes.toString();
  for (const entry of entriesOf(digest, options.approvals)) {
    const proven = verifyTlogProof(text, encodeEntry(entry), trust.value);
    if (proven.ok) return accept(provenAnswer(entry, proven.value));
    if (proven.refusal.code !== "inclusion-unproven") return proven;
  }
  const other = options.approvals === undefined ? " If it is of a release or an order, name its approvals, too: --approvals SHA256." : "";
  return refuse(
    "inclusion-unproven",
    `a proof of an entry of ${digest}`,
    "another entry, or another tree",
    `See what was logged of it: countersign ledger tail --json.${other}`,
  );
}

function provenAnswer(entry: Entry, { index, cosigned: { checkpoint, times } }: ProvenEntry): Answer {
  return {
    json: { entry, index, size: checkpoint.size, witnesses: times },
    text: `entry ${index} of ${checkpoint.size} in ${checkpoint.origin}: ${entry.type} ${entry.digest}, under ${times.length} witnesses.`,
  };
}

function entriesOf(digest: string, approvals: string | undefined): readonly Entry[] {
  return ENTRY_TYPES.flatMap((type): readonly Entry[] => {
    if (type === "release" || type === "order") return approvals === undefined ? [] : [{ type, digest, approvals }];
    return approvals === undefined ? [{ type, digest }] : [];
  });
}

/** Offline: what two checkpoints show that a device kept. */
async function evidence(bytes: Buffer, options: Options): Promise<Outcome<Answer>> {
  const trust = await trustedLedger(options);
  if (!trust.ok) return trust;
  const read = decodeBytes(contradiction, bytes, "evidence");
  if (!read.ok) return read;
  const verified = verifyContradiction(read.value, trust.value);
  if (verified.ok) return accept({ json: verified.value, text: contradictedText(trust.value.origin, verified.value) });
  if (verified.refusal.code !== "no-contradiction" || (options.store === undefined && options.project === undefined)) return verified;
  const smaller = await seen(Buffer.from(read.value.smaller), options);
  return smaller.ok ? await seen(Buffer.from(read.value.larger), options) : smaller;
}

/** What somebody else was shown, beside the ledger that is served here. */
async function seen(bytes: Buffer, options: Options): Promise<Outcome<Answer>> {
  const opened = await openRecord(options);
  if (!opened.ok) return opened;
  const compared = await compareSeen(opened.value, bytes);
  if (!compared.ok) return compared;
  const { size, contradiction: found } = compared.value;
  const { checkpoint } = opened.value.cosigned;
  if (found === undefined)
    return accept({
      json: { origin: checkpoint.origin, size, here: checkpoint.size, consistent: true },
      text: `${checkpoint.origin}: the tree of ${size} entries that was shown is how the ${checkpoint.size} here begin.`,
    });
  return await split(found, size, checkpoint.size);
}

async function split(found: Contradiction, size: number, here: number): Promise<Outcome<never>> {
  const bytes = servedBytes(found);
  const file = `forked.${sha256(bytes)}.json`;
  await writeFile(file, bytes);
  return refuse(
    "ledger-forked",
    `the tree of ${size} entries that was shown, at the beginning of the ${here} here`,
    "another tree: somebody is shown another ledger",
    `Tell the publisher and everybody who watches, and give them the evidence: ${file}`,
  );
}

function contradictedText(origin: string, { kind, smaller, larger, witnesses }: Contradicted): string {
  const said =
    kind === "forked"
      ? `the log signed two trees that contradict each other, of ${smaller} and ${larger} entries`
      : `witnesses cosigned ${smaller} entries after ${larger}`;
  const lied = kind === "forked" ? "Witnesses that cosigned both" : "Those witnesses";
  return `${kind}: ${origin}: ${said}. ${lied}: ${witnesses.join(", ") || "none"}.`;
}
