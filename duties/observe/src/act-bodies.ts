// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, integer, name, open, record, text } from "@countersign/trust/decode";

// What an observer reads of the bodies of acts (docs/govern-act.md).

/** `window.requested`. */
export interface Requested {
  readonly channel: string;
  readonly asked: { readonly seconds: number; readonly releases: number; readonly reason: string };
}

export const requested: Decoder<Requested> = open({
  channel: name,
  asked: closed({ seconds: integer(1), releases: integer(1), reason: text }),
});

/** `window.opened`, `break-glass.opened`. */
export const opened: Decoder<{ readonly ends: string }> = open({ ends: text });

/** `grant.issued`. */
export interface Issued {
  readonly window: string;
  readonly duty: string;
  readonly channel: string;
  /** Of a commit, a release or an order. */
  readonly digest: string;
  /** The subject of the token that was exchanged, and what its issuer recorded of the job. */
  readonly actor: { readonly sub: string; readonly recorded: Readonly<Record<string, string>> };
}

export const issued: Decoder<Issued> = open({
  window: text,
  duty: text,
  channel: text,
  digest: text,
  actor: open({ sub: text, recorded: record(text, text) }),
});
