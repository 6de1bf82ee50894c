// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, join } from "node:path";
import { openKey } from "@countersign/custody/place";
import { readNamedKey } from "@countersign/custody/reference";
import { eventDifferences, eventProgress, finishEvent, joinEvents, judgeEvent, signEvent } from "@countersign/repository/ceremony/ceremony";
import { eventText, progressText } from "@countersign/repository/ceremony/event-text";
import type { QuorumState } from "@countersign/repository/ceremony/quorum-asked";
import { eventBytes, type SigningEvent } from "@countersign/repository/ceremony/signing-event";
import { versionOf } from "@countersign/repository/edit/message";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { writeDurably } from "@countersign/updater/durable";
import type { Command } from "commander";
import { readEventFile } from "../ceremony-file.ts";
import { type Held, heldBy, type SignerOptions, withSigner } from "../ceremony-held.ts";
import { confirm } from "../confirm.ts";
import { plain } from "../plain.ts";
import type { Answer } from "../screen.ts";
import { verb } from "../verb.ts";
import { open } from "./key-ceremony-open.ts";

/** The ceremony of docs/ceremony.md, a verb a step. What every signer checks, and what they read, is the repository room's. */
export function ceremony(noun: Command): void {
  noun.description("a root, targets or other document that its signers sign on machines of their own, in a file that travels between them");
  open(noun.command("open"));
  show(withSigner(noun.command("show")));
  sign(withSigner(noun.command("sign")));
  joinCopies(noun.command("join"));
  finish(withSigner(noun.command("finish")));
}

function show(command: Command): void {
  command
    .description("check an event against the root that is trusted here, and show what it changes and who has signed")
    .argument("<event>");
  verb<SignerOptions>(command, "key ceremony show next-root.event --root root.json", async (options, _, file = "") => {
    const judged = await judgedEvent(file, options);
    return judged.ok ? answerOf(judged.value.event) : judged;
  });
}

interface Signing extends SignerOptions {
  readonly key: string;
  readonly passphraseFile?: string;
  readonly yes?: true;
}

function sign(command: Command): void {
  command
    .description("check it, show what it changes, ask, and put one signature more into the file")
    .argument("<event>")
    .requiredOption("--key <file>", "a key of one's own, as `key create` made it: an encrypted file, or what stands for one in a token")
    .option("--passphrase-file <file>", "holds the passphrase of an encrypted file")
    .option("--yes", "do not ask");
  const example = "key ceremony sign next-root.event --root root.json --key ann.key --passphrase-file ann.pass";
  verb<Signing>(command, example, async (options, screen, file = "") => {
    const judged = await judgedEvent(file, options);
    if (!judged.ok) return judged;
    const key = await readNamedKey(options.key, options.passphraseFile);
    if (!key.ok) return key;
    const { event, held } = judged.value;
    const shown = answerOf(event);
    if (!shown.ok) return shown;
    screen.say(shown.value.text);
    const confirmed = await confirm(`Sign exactly this, with ${options.key}?`, options.yes === true);
    if (!confirmed.ok) return confirmed;
    const signed = await signEvent(event, await openKey(key.value.place), held);
    if (!signed.ok) return signed;
    await writeDurably(file, eventBytes(signed.value), 0o644);
    const progress = eventProgress(signed.value);
    return progress.ok
      ? accept({ json: jsonOf(signed.value, progress.value), text: `signed\n${progressText(progress.value).trimEnd()}` })
      : progress;
  });
}

function joinCopies(command: Command): void {
  command
    .description("put the signatures of copies that went to several signers into the first one")
    .argument("<event>", "the copy that gets them")
    .argument("<copies...>", "the others");
  verb(command, "key ceremony join next-root.event from-ben.event from-cem.event", async (_, __, file = "", ...copies) => {
    let joined = await readEventFile(file);
    for (const copy of copies) {
      const other = await readEventFile(copy);
      if (!other.ok) return other;
      if (joined.ok) joined = joinEvents(joined.value, other.value);
    }
    if (!joined.ok) return joined;
    await writeDurably(file, eventBytes(joined.value), 0o644);
    return answerOf(joined.value);
  });
}

interface Finishing extends SignerOptions {
  readonly out: string;
}

function finish(command: Command): void {
  command
    .description(
      "check it, and take out the file that is served, once every quorum is filled; beside it the sidecar, where a policy demands one",
    )
    .argument("<event>")
    .requiredOption("--out <file>", "where it goes");
  verb<Finishing>(command, "key ceremony finish next-root.event --root root.json --out 2.root.json", async (options, _, file = "") => {
    const judged = await judgedEvent(file, options);
    if (!judged.ok) return judged;
    const { event, held } = judged.value;
    const finished = finishEvent(event, held);
    if (!finished.ok) return finished;
    const { bytes, sidecar } = finished.value;
    const beside = sidecar && join(dirname(options.out), basename(sidecar.path));
    if (sidecar && beside) await writeDurably(beside, sidecar.bytes, 0o644);
    await writeDurably(options.out, bytes, 0o644);
    const { role, document } = event;
    const name = `metadata/${versionOf(document.message)}.${role}.json`;
    const first = sidecar && beside ? `First into the store: ${beside}, as ${sidecar.path}\nThen: ` : "Into the store: ";
    return accept({
      json: {
        role,
        version: versionOf(document.message),
        file: options.out,
        path: name,
        sidecar: sidecar && { file: beside, path: sidecar.path },
      },
      text: `${first}${options.out}, as ${plain(name)}`,
    });
  });
}

/** An event that its checks accept, and what it was judged by. */
interface Judged {
  readonly event: SigningEvent;
  readonly held: Held;
}

async function judgedEvent(file: string, options: SignerOptions): Promise<Outcome<Judged>> {
  const event = await readEventFile(file);
  if (!event.ok) return event;
  const held = await heldBy(options);
  if (!held.ok) return held;
  const { outcome } = judgeEvent(event.value, held.value);
  return outcome.ok ? accept({ event: outcome.value, held: held.value }) : outcome;
}

/** What an event changes, and how far its quorums are filled. */
function answerOf(event: SigningEvent): Outcome<Answer> {
  const progress = eventProgress(event);
  return progress.ok ? accept({ json: jsonOf(event, progress.value), text: eventText(event, progress.value).trimEnd() }) : progress;
}

function jsonOf(event: SigningEvent, progress: readonly QuorumState[]): object {
  const { role, document } = event;
  const quorums = progress.map(({ saidBy, authority: { keyids, threshold }, signed, filled }) => ({
    saidBy,
    keyids,
    threshold,
    signed,
    filled,
  }));
  return { role, version: versionOf(document.message), changes: eventDifferences(event), quorums };
}
