// SPDX-License-Identifier: Apache-2.0
import { type Judgement, judge } from "@countersign/trust/check";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Beside } from "../diff/beside.ts";
import { type Difference, differencesOf } from "../diff/difference.ts";
import { fileOf } from "../edit/message.ts";
import { type SigningKey, signMessage } from "../sign-document.ts";
import { type EventSubject, eventChecks } from "./event-checks.ts";
import { type QuorumState, quorumState, quorumsAsked } from "./quorum-asked.ts";
import type { SigningEvent } from "./signing-event.ts";

/** Whether an event is what it says, for a signer who trusts this root. */
export function judgeEvent(event: SigningEvent, held: Omit<EventSubject, "candidate">): Judgement<SigningEvent> {
  return judge({ candidate: event, ...held }, eventChecks);
}

/** What signing would change: to be read before it. */
export function eventDifferences(
  { document, previous }: SigningEvent,
  beside: { before?: Beside; after?: Beside } = {},
): readonly Difference[] {
  return differencesOf(previous?.message, document.message, beside);
}

/** How far each quorum is filled. The event is judged first: signatures of strangers are not counted, nor looked for here. */
export function eventProgress(event: SigningEvent): Outcome<readonly QuorumState[]> {
  const quorums = quorumsAsked(event);
  return quorums.ok ? accept(quorums.value.map((asked) => quorumState(event.document, asked))) : quorums;
}

/**
 * The event with one signature more. It is judged against what the signer holds, before the key is used: refused where a check refuses, where nobody asks
 * this key, and where it signed already.
 */
export async function signEvent(
  event: SigningEvent,
  key: SigningKey,
  held: Omit<EventSubject, "candidate">,
): Promise<Outcome<SigningEvent>> {
  const { outcome } = judgeEvent(event, held);
  if (!outcome.ok) return outcome;
  const quorums = quorumsAsked(event);
  if (!quorums.ok) return quorums;
  const { document } = event;
  if (!quorums.value.some(({ authority }) => authority.keyids.includes(key.keyid)))
    return refuse(
      "key-not-asked",
      quorums.value.map(({ saidBy }) => `a key that ${saidBy} names`).join(" or "),
      key.keyid,
      "Sign with the key that has this role.",
    );
  if (document.signatures.some(({ keyid }) => keyid === key.keyid))
    return refuse("signed-already", "a key that has not signed", key.keyid, "Nothing is left to do with this key.");
  const signatures = [...document.signatures, ...(await signMessage(document.message, [key]))];
  return accept({ ...event, document: { ...document, signatures } });
}

/** The signatures of two copies of one event together. Refused where they are not about one document, following and delegated by the same. */
export function joinEvents(one: SigningEvent, other: SigningEvent): Outcome<SigningEvent> {
  const about = ({ role, document, previous, delegators }: SigningEvent): readonly Uint8Array[] => [
    Buffer.from(role),
    document.message,
    previous?.message ?? new Uint8Array(),
    ...delegators.map(({ file }) => file.message),
  ];
  const [ours, theirs] = [about(one), about(other)];
  const same = ours.length === theirs.length && ours.every((part, index) => Buffer.compare(part, theirs[index] ?? new Uint8Array()) === 0);
  if (!same)
    return refuse(
      "event-differs",
      "two copies of one event",
      "another document, or another one that it follows",
      "Ask who changed it, and sign neither before you know.",
    );
  const known = new Set(one.document.signatures.map(({ keyid }) => keyid));
  const signatures = [...one.document.signatures, ...other.document.signatures.filter(({ keyid }) => !known.has(keyid))];
  return accept({ ...one, document: { ...one.document, signatures } });
}

/** The file to be published. Refused until every quorum is filled, and where anything in the event is not as it should be. */
export function finishEvent(event: SigningEvent, held: Omit<EventSubject, "candidate">): Outcome<Uint8Array> {
  const { outcome } = judgeEvent(event, held);
  if (!outcome.ok) return outcome;
  const progress = eventProgress(event);
  if (!progress.ok) return progress;
  const open = progress.value.find(({ filled }) => !filled);
  if (open !== undefined)
    return refuse(
      "threshold-not-met",
      `${open.authority.threshold} of the keys that ${open.saidBy} names${open.ownerOf === undefined ? "" : ", of different owners"}`,
      `${open.signed.length}`,
      "Hand the event to those who have not signed.",
    );
  return accept(fileOf(event.document.message, event.document.signatures));
}
