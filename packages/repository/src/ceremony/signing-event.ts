// SPDX-License-Identifier: Apache-2.0
import { type Json, servedBytes, servedForm } from "@countersign/trust/canonical";
import { array, closed, type Decoder, decodeBytes, json, literal, nullable, text } from "@countersign/trust/decode";
import { type Envelope, envelope, type Signature, type Signed, signatureList } from "@countersign/trust/envelope";
import { defaultLimits, type Limits } from "@countersign/trust/limits";
import type { Outcome } from "@countersign/trust/refusal";

/**
 * A document on its way from signer to signer, in a file: what is to be signed, what it follows, who says whose signatures it takes, and those that it has.
 * Nothing in it is believed: whoever is asked to sign checks it against the root that they trust (`docs/ceremony.md`).
 */
export interface SigningEvent {
  /** The role whose file this becomes. */
  readonly role: string;
  /** What is to be signed, with the signatures collected so far. */
  readonly document: Envelope<Json>;
  /** The version before; null for a first one. */
  readonly previous: Envelope<Json> | null;
  /** The files that delegate, each to the next, from root to the one that delegates to this role. None for a root. */
  readonly delegators: readonly Delegating[];
  /** The policies that targets of ours list, each the text that is served: they may demand ML-DSA signatures besides. */
  readonly policies: readonly string[];
  /** The ML-DSA signatures collected so far. */
  readonly sidecar: readonly Signature[];
}

export interface Delegating {
  readonly role: string;
  readonly file: Envelope<Json>;
}

type Written = SigningEvent & { readonly _type: "signing-event"; readonly spec: "countersign/1" };

const file = envelope(json, "ignored"); // anybody's repository
const event: Decoder<Written> = closed<Written>({
  _type: literal("signing-event"),
  spec: literal("countersign/1"),
  role: text,
  document: file,
  previous: nullable(file),
  delegators: array(closed<Delegating>({ role: text, file }), 0, defaultLimits.delegationDepth + 1),
  policies: array(text, 0, 2),
  sidecar: signatureList(0, defaultLimits.signatures),
});

/** Reads an event file. It may hold several targets files, so it may be several times as long as one. */
export function readEvent(bytes: Uint8Array, limits: Limits = defaultLimits): Outcome<SigningEvent> {
  return decodeBytes(event, bytes, "the signing event", { ...limits, documentBytes: 4 * limits.targetsBytes });
}

/** The file that travels. */
export function eventBytes({ role, document, previous, delegators, policies, sidecar }: SigningEvent): Uint8Array {
  const bare = ({ signatures, signed }: Signed<Json>): Signed<Json> => ({ signatures, signed });
  return servedBytes({
    _type: "signing-event",
    spec: "countersign/1",
    role,
    document: bare(document),
    previous: previous && bare(previous),
    delegators: delegators.map((delegator) => ({ role: delegator.role, file: bare(delegator.file) })),
    policies,
    sidecar,
  });
}

/** What a ceremony begins with: a message that nobody has signed, and the other files as they are served. */
export interface Opening {
  readonly role: string;
  readonly message: Uint8Array;
  readonly previous: Uint8Array | undefined;
  readonly delegators: readonly { readonly role: string; readonly bytes: Uint8Array }[];
  /** Of targets of ours: the policies that the version before and this one list. Of a channel's file: the one that targets list. */
  readonly policies?: readonly Uint8Array[];
}

/** Opens an event. Refused where one of its parts is not a file of TUF's form. */
export function openEvent({ role, message, previous, delegators, policies = [] }: Opening): Outcome<SigningEvent> {
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  const delegating = delegators.map((delegator) => `{"file":${textOf(delegator.bytes)},"role":${JSON.stringify(delegator.role)}}`);
  const members = [
    `"_type":"signing-event"`,
    `"delegators":[${delegating.join(",")}]`,
    `"document":{"signatures":[],"signed":${textOf(servedForm(message))}}`,
    `"policies":${JSON.stringify(policies.map(textOf))}`,
    `"previous":${previous === undefined ? "null" : textOf(previous)}`,
    `"role":${JSON.stringify(role)}`,
    `"sidecar":[]`,
    `"spec":"countersign/1"`,
  ];
  return readEvent(Buffer.from(`{${members.join(",")}}`));
}
