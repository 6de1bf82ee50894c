// SPDX-License-Identifier: Apache-2.0
import { type SigningKey, signDocument } from "@countersign/repository/sign-document";
import type { Json } from "@countersign/trust/canonical";
import { closed, type Decoder, dateTime, json, literal, matching } from "@countersign/trust/decode";
import type { Signed } from "@countersign/trust/envelope";

/** What a person does at govern: one thing, to one subject, now. It is signed by a key that the policy lists as this person's own. See docs/personal-act.md. */
export interface PersonalAct {
  readonly _type: "act";
  readonly spec: "countersign/1";
  /** What is done: `identity.register`, `window.open`, ... */
  readonly act: string;
  /** To whom or what: a name, a digest. */
  readonly subject: string;
  readonly body: Json;
  /** When it was signed, in UTC to the second. */
  readonly time: string;
  /** 128 bits of chance: the same thing may be done twice, the same document not. */
  readonly nonce: string;
}

export const personalAct: Decoder<PersonalAct> = closed<PersonalAct>({
  _type: literal("act"),
  spec: literal("countersign/1"),
  act: matching(/^[a-z]+(?:[.-][a-z]+)*$/, "an act, in lower-case words"),
  subject: matching(/^[^\p{Cc}]{1,256}$/u, "a name or a digest"),
  body: json,
  time: dateTime,
  nonce: matching(/^[0-9a-f]{32}$/, "16 bytes in hex"),
});

/** What a person decides; `now` is Unix milliseconds, `nonce` 16 random bytes. */
export interface Deed {
  readonly act: string;
  readonly subject: string;
  readonly body: unknown;
  readonly now: number;
  readonly nonce: Uint8Array;
}

/**
 * Signs one act with a person's key. `body` must be plain JSON, as it is sent.
 *
 * @example signAct(key, { act: "identity.suspend", subject: "ci", body: { reason: "leaked" }, now: Date.now(), nonce: randomBytes(16) })
 */
export function signAct(key: SigningKey, { act, subject, body, now, nonce }: Deed): Promise<Signed<PersonalAct>> {
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const hex = Buffer.from(nonce).toString("hex");
  return signDocument<PersonalAct>({ _type: "act", spec: "countersign/1", act, subject, body: body as Json, time, nonce: hex }, [key]);
}
