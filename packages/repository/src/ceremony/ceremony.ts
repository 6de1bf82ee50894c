// SPDX-License-Identifier: Apache-2.0
import { type Judgement, judge } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { signersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { sidecarPath, sidecarSigners } from "@countersign/trust/sidecar";
import type { Beside } from "../diff/beside.ts";
import { type Difference, differencesOf } from "../diff/difference.ts";
import { fileOf } from "../edit/message.ts";
import { joinSidecar, sidecarBytes, signSidecar } from "../sidecar.ts";
import { type SigningKey, signMessage } from "../sign-document.ts";
import { type EventSubject, eventChecks } from "./event-checks.ts";
import { type QuorumAsked, type QuorumState, quorumState, quorumsAsked } from "./quorum-asked.ts";
import { policyBeside, type SidecarAsked, sidecarState, sidecarsAsked } from "./sidecar-asked.ts";
import type { SigningEvent } from "./signing-event.ts";

/** Whether an event is what it says, for a signer who trusts this root. */
export function judgeEvent(event: SigningEvent, held: Omit<EventSubject, "candidate">): Judgement<SigningEvent> {
  return judge({ candidate: event, ...held }, eventChecks);
}

/** What signing would change, in the policies that the event carries too: to be read before it. */
export function eventDifferences(event: SigningEvent, beside: { before?: Beside; after?: Beside } = {}): readonly Difference[] {
  const { document, previous } = event;
  return differencesOf(previous?.message, document.message, {
    before: { policy: policyBeside(event, previous), ...beside.before },
    after: { policy: policyBeside(event, document), ...beside.after },
  });
}

/** How far each quorum is filled, those of the sidecar last. The event is judged first: signatures of strangers are not counted, nor looked for here. */
export function eventProgress(event: SigningEvent): Outcome<readonly QuorumState[]> {
  const asked = allAsked(event);
  if (!asked.ok) return asked;
  const { quorums, sidecars } = asked.value;
  return accept([...quorums.map((each) => quorumState(event.document, each)), ...sidecars.map((each) => sidecarState(event, each))]);
}

interface Asked {
  readonly quorums: readonly QuorumAsked[];
  readonly sidecars: readonly SidecarAsked[];
}

function allAsked(event: SigningEvent): Outcome<Asked> {
  const [quorums, sidecars] = [quorumsAsked(event), sidecarsAsked(event)];
  if (!quorums.ok) return quorums;
  return sidecars.ok ? accept({ quorums: quorums.value, sidecars: sidecars.value }) : sidecars;
}

/**
 * The event with one signature more: of the document, or of its sidecar where an ML-DSA key is asked. It is judged against what the signer holds, before
 * the key is used: refused where a check refuses, where nobody asks this key, and where it signed already.
 */
export async function signEvent(
  event: SigningEvent,
  key: SigningKey,
  held: Omit<EventSubject, "candidate">,
): Promise<Outcome<SigningEvent>> {
  const { outcome } = judgeEvent(event, held);
  if (!outcome.ok) return outcome;
  const asked = allAsked(event);
  if (!asked.ok) return asked;
  const { quorums, sidecars } = asked.value;
  const { role, document, sidecar } = event;
  if ([...document.signatures, ...sidecar].some(({ keyid }) => keyid === key.keyid))
    return refuse("signed-already", "a key that has not signed", key.keyid, "Nothing is left to do with this key.");
  if (quorums.some(({ authority }) => authority.keyids.includes(key.keyid))) {
    const signatures = [...document.signatures, ...(await signMessage(document.message, [key]))];
    return accept({ ...event, document: { ...document, signatures } });
  }
  const asking = sidecars.find(({ demand }) => demand.keyids.includes(key.keyid));
  if (asking === undefined)
    return refuse(
      "key-not-asked",
      [...quorums, ...sidecars].map(({ saidBy }) => `a key that ${saidBy} names`).join(" or "),
      key.keyid,
      "Sign with the key that has this role.",
    );
  const { signatures } = await signSidecar(asking.demand.repository, role, document, [key]);
  return accept({ ...event, sidecar: [...sidecar, ...signatures] });
}

/** The signatures of two copies of one event together; of one key's the one that verifies, if one does. Refused where they are not about one document, following and delegated by the same. */
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
  const asked = allAsked(one);
  if (!asked.ok) return asked;
  const { quorums, sidecars } = asked.value;
  const { role, document } = one;
  const signatures = joined([...document.signatures, ...other.document.signatures], (signature) =>
    quorums.some(({ authority }) => signersOf({ message: document.message, signatures: [signature] }, authority).length > 0),
  );
  const sidecar = joined([...one.sidecar, ...other.sidecar], (signature) =>
    sidecars.some(({ demand }) => sidecarSigners(role, document, [signature], demand).length > 0),
  );
  return accept({ ...one, document: { ...document, signatures }, sidecar });
}

/** One signature a key. What verifies for nobody is kept where nothing better came, for `judgeEvent` to find. */
function joined(signatures: readonly Signature[], verifies: (signature: Signature) => boolean): readonly Signature[] {
  const byKey = new Map<string, Signature>();
  for (const signature of signatures) {
    const known = byKey.get(signature.keyid);
    if (known === undefined || (!verifies(known) && verifies(signature))) byKey.set(signature.keyid, signature);
  }
  return [...byKey.values()];
}

/** What a finished event is published as. */
export interface FinishedEvent {
  readonly bytes: Uint8Array;
  /** Where a policy demands one: to be stored at this path before the file itself is. */
  readonly sidecar?: { readonly path: string; readonly bytes: Uint8Array };
}

/** The file to be published, with its sidecar. Refused until every quorum is filled, and where anything in the event is not as it should be. */
export function finishEvent(event: SigningEvent, held: Omit<EventSubject, "candidate">): Outcome<FinishedEvent> {
  const { outcome } = judgeEvent(event, held);
  if (!outcome.ok) return outcome;
  const asked = allAsked(event);
  if (!asked.ok) return asked;
  const { quorums, sidecars } = asked.value;
  const { role, document, sidecar } = event;
  const filled = allFilled(
    "threshold-not-met",
    quorums.map((each) => quorumState(document, each)),
  );
  if (!filled.ok) return filled;
  const met = allFilled(
    "sidecar-threshold-not-met",
    sidecars.map((each) => sidecarState(event, each)),
  );
  if (!met.ok) return met;
  const bytes = fileOf(document.message, document.signatures);
  if (sidecars.length === 0) return accept({ bytes });
  const demands = sidecars.map(({ demand }) => demand);
  return accept({
    bytes,
    sidecar: { path: sidecarPath(sha256(bytes)), bytes: sidecarBytes(joinSidecar(role, document, sidecar, demands)) },
  });
}

function allFilled(code: string, states: readonly QuorumState[]): Outcome<undefined> {
  const open = states.find(({ filled }) => !filled);
  if (open === undefined) return accept(undefined);
  return refuse(
    code,
    `${open.authority.threshold} of the keys that ${open.saidBy} names${open.ownerOf === undefined ? "" : ", of different owners"}`,
    `${open.signed.length}`,
    "Hand the event to those who have not signed.",
  );
}
