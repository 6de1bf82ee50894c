// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";

import { eventDifferences } from "@countersign/repository/ceremony/ceremony";
import { readDocument } from "@countersign/repository/ceremony/event-document";
import { eventBytes, openEvent } from "@countersign/repository/ceremony/signing-event";
import { differencesText } from "@countersign/repository/diff/text";
import { replaceDelegatedKey } from "@countersign/repository/edit/delegation-edits";
import { followedLog, followLog } from "@countersign/repository/edit/log-edits";
import { fieldOf } from "@countersign/repository/edit/message";
import { revise } from "@countersign/repository/edit/revise";
import { replaceTopKey } from "@countersign/repository/edit/root-edits";
import type { Change } from "@countersign/repository/edit/splice";
import { setTarget } from "@countersign/repository/edit/target-edits";
import { targetFileOf } from "@countersign/repository/target-path";
import { root } from "@countersign/trust/anchor/root";
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { signedJson } from "@countersign/trust/envelope";
import { readJson } from "@countersign/trust/json";
import { publicKey } from "@countersign/trust/key";
import { claimedCheckpoint, cosignedCheck, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { writeDurably } from "@countersign/updater/durable";
import type { Command } from "commander";
import { readSignedFile } from "../ceremony-file.ts";
import { each } from "../each.ts";
import { readOption } from "../read-option.ts";
import { verb } from "../verb.ts";

interface Options {
  readonly role: string;
  readonly document?: string;
  readonly previous?: string;
  readonly expires?: string;
  readonly replace?: readonly string[];
  readonly owner?: string;
  readonly newPolicy?: string;
  readonly newLog?: string;
  readonly lastCheckpoint?: string;
  readonly policy?: readonly string[];
  readonly delegator?: readonly string[];
}

export function open(command: Command): void {
  command
    .description("begin: a document of one's own, or the next version of one that is served, for its signers")
    .argument("<event>", "the file that will travel, a new one")
    .requiredOption("--role <role>", "whose file it becomes: root, targets, or a delegated role")
    .option("--previous <file>", "the version before, as it is served; none for a first version")
    .option("--document <file>", "the document as it is to be signed, written by hand or by a program")
    .option("--expires <date>", "instead: the version before said again, until then (2027-01-31T00:00:00Z)")
    .option("--replace <keyid=file>", "with the key in that file (FILE.pub) in the place of this one; may be given again", each)
    .option("--owner <name>", "who answers for the keys that come, in a root of ours")
    .option("--new-log <file>", "with another log in a root of ours: a file with its log, witnesses and witnessQuorum")
    .option("--last-checkpoint <file>", "the checkpoint at which the log before is over: log/checkpoint, as it is served")
    .option("--new-policy <file>", "with another policy.json listed, in targets of ours")
    .option("--policy <file>", "a policy.json that is listed before or after, as it is served; may be given again", each)
    .option("--delegator <role=file>", "the files that delegate to this role, root first; may be given again", each);
  const example =
    "key ceremony open next.event --role root --previous 1.root.json --expires 2027-12-31T00:00:00Z --replace 3f9c2a10=new.key.pub";
  verb<Options>(command, example, async (options, _, file = "") => {
    const previous = options.previous === undefined ? undefined : await readSignedFile("--previous", options.previous);
    if (previous?.ok === false) return previous;
    const before = previous && readDocument(options.role, signedJson(previous.value));
    if (before?.ok === false) return before;
    const message =
      options.document === undefined ? await nextMessage(options, previous?.value.message) : await documentIn(options.document);
    if (!message.ok) return message;
    const delegators = [];
    for (const given of options.delegator ?? []) {
      const [role, path] = halves(given);
      const bytes = await readOption("--delegator ROLE=FILE", path);
      if (!bytes.ok) return bytes;
      delegators.push({ role, bytes: bytes.value });
    }
    const policies = [];
    for (const path of [...(options.policy ?? []), ...(options.newPolicy === undefined ? [] : [options.newPolicy])]) {
      const bytes = await readOption("--policy", path);
      if (!bytes.ok) return bytes;
      policies.push(bytes.value);
    }
    const event = openEvent({ role: options.role, message: message.value, previous: previous?.value.bytes, delegators, policies });
    if (!event.ok) return event;
    const read = readDocument(options.role, event.value.document.signed);
    if (!read.ok) return read;
    if (existsSync(file)) return refuse("file-exists", "a new file name", file, "Choose another one: there may be signatures in it.");
    await writeDurably(file, eventBytes(event.value), 0o644);
    const changes = eventDifferences(event.value);
    return accept({
      json: { event: file, role: options.role, version: read.value.version, changes },
      text: `${differencesText(changes)}\nNext, each signer: countersign key ceremony sign ${file} --root ROOT --key KEY --passphrase-file FILE`,
    });
  });
}

/** The version after one, with what the options change. */
async function nextMessage(
  { role, expires, replace = [], owner, newPolicy, newLog, lastCheckpoint }: Options,
  before: Uint8Array | undefined,
): Promise<Outcome<Uint8Array>> {
  if (before === undefined || expires === undefined)
    return refuse("incomplete", "--document, or --previous and --expires", "neither", "See: countersign key ceremony open --help");
  const changes: Change[] = [];
  for (const given of replace) {
    const [beginning, path] = halves(given);
    const bytes = await readOption("--replace KEYID=FILE", path);
    if (!bytes.ok) return bytes;
    const key = decodeBytes(publicKey, bytes.value, path);
    if (!key.ok) return key;
    const keys = fieldOf(before, ...(role === "root" ? ["keys"] : ["delegations", "keys"])) ?? {};
    const [keyid, another] = Object.keys(keys).filter((known) => beginning.length >= 8 && known.startsWith(beginning));
    if (keyid === undefined || another !== undefined)
      return refuse(
        "key-unknown",
        `one key of ${Object.keys(keys)
          .map((known) => known.slice(0, 8))
          .join(", ")}`,
        beginning,
        "Write more of it.",
      );
    const by = { key: key.value, ...(owner !== undefined && { owner }) };
    changes.push(...(role === "root" ? replaceTopKey(before, keyid, by) : replaceDelegatedKey(before, keyid, key.value)));
  }
  if (newPolicy !== undefined) {
    const bytes = await readOption("--new-policy", newPolicy);
    if (!bytes.ok) return bytes;
    changes.push(setTarget("policy.json", targetFileOf(bytes.value)));
  }
  if (newLog !== undefined) {
    const followed = await logChanges(before, newLog, lastCheckpoint);
    if (!followed.ok) return followed;
    changes.push(...followed.value);
  }
  return accept(revise(before, expires, changes));
}

/** Another log in the place of the one that the root before follows, which is over at a checkpoint that its own witnesses cosigned. */
async function logChanges(before: Uint8Array, newLog: string, lastCheckpoint: string | undefined): Promise<Outcome<readonly Change[]>> {
  const written = await readOption("--new-log", newLog);
  const next = written.ok ? decodeBytes(followedLog, written.value, newLog) : written;
  if (!next.ok) return next;
  const trusted = decodeBytes(root, before, "--previous");
  if (!trusted.ok) return trusted;
  const note = await readOption("--last-checkpoint", lastCheckpoint ?? "");
  if (!note.ok) return note;
  const ledger = ledgerTrust(trusted.value);
  const claimed = claimedCheckpoint(Buffer.from(note.value).toString(), ledger);
  const last = claimed.ok ? judge({ candidate: claimed.value, ledger }, [cosignedCheck("last-checkpoint")]).outcome : claimed;
  return last.ok ? accept(followLog(before, next.value, last.value.checkpoint)) : last;
}

/** The canonical form of a document that somebody wrote; of a signed file, what is signed in it. */
async function documentIn(file: string): Promise<Outcome<Uint8Array>> {
  const bytes = await readOption("--document", file);
  if (!bytes.ok) return bytes;
  const read = readJson(bytes.value, { ...defaultLimits, documentBytes: defaultLimits.targetsBytes });
  if (!read.ok) return read;
  if (read.value.members?.has("signed") !== true) return accept(read.value.form);
  const signed = await readSignedFile("--document", file);
  return signed.ok ? accept(signed.value.message) : signed;
}

/** The two sides of the first equals sign. */
function halves(given: string): readonly [string, string] {
  const at = given.indexOf("=");
  return at < 0 ? ["", given] : [given.slice(0, at), given.slice(at + 1)];
}
