// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import { closed, type Decoder, decode, digest, integer, json, nullable, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";

/** One thing that happened at govern (docs/govern-act.md). The ledger names it by the digest of all of this. */
export interface Act {
  readonly number: number;
  readonly previous: Digest | null;
  readonly time: string;
  readonly who: string;
  readonly act: string;
  readonly subject: string;
  readonly body: Json;
}

export const act: Decoder<Act> = closed<Act>({
  number: integer(1),
  previous: nullable(digest),
  time: text,
  who: text,
  act: text,
  subject: text,
  body: json,
});

/** Asks govern for an act that the ledger names. Refused: another one than was named. */
export async function readAct(govern: string, named: string): Promise<Outcome<Act>> {
  const answer = await request(`${govern}/acts/${named}`, {}, (body) => decode(act, body, "the act"));
  if (!answer.ok) return answer;
  const found = canonicalDigest({ ...answer.value });
  if (found === named) return accept(answer.value);
  return refuse("act-differs", named, found, "govern shows another act than it had logged: find out what is to be hidden.");
}
