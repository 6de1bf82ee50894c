// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import type { DeliveryStatus } from "@countersign/observe/delivery";
import type { Severity } from "@countersign/observe/detector";
import type { Finding } from "@countersign/observe/finding";
import type { Status } from "@countersign/observe/observer";
import { severityIds } from "@countersign/observe/ocsf";
import type { Suppression } from "@countersign/observe/suppression";
import {
  array,
  boolean,
  type Decoder,
  decode,
  digest,
  integer,
  literal,
  nullable,
  open,
  optional,
  record,
  text,
} from "@countersign/trust/decode";
import type { Outcome, Refusal } from "@countersign/trust/refusal";

// What an observer answers, decoded: plain JSON, with fractions, and not the strict form of signed documents.
// It is its word; what matters in it, a reader can verify.

/** A finding, and who does not want to hear of it. */
export type ShownFinding = Finding & { readonly suppressed: Suppression | null };

const evidence: Decoder<Finding["evidence"]> = record(text, (value) => value as Finding["evidence"][string]);

const suppression = open<Suppression>({
  owner: text,
  reason: text,
  expires: text,
  detector: optional(text),
  id: optional(text),
  channel: optional(text),
  product: optional(text),
});

const shown = open<ShownFinding>({
  id: digest,
  time: integer(0),
  severity: literal(...(Object.keys(severityIds) as Severity[])),
  title: text,
  detector: text,
  evidence,
  suppressed: nullable(suppression),
});

const findings = open({ findings: array(shown, 0, 1_000_000) });

export async function askFindings(observe: string): Promise<Outcome<readonly ShownFinding[]>> {
  const answer = await ask(`${observe}/findings`, findings);
  return answer.ok ? { ok: true, value: answer.value.findings } : answer;
}

/** The same as they go out. */
export function askOcsf(observe: string): Promise<Outcome<readonly { readonly severity_id: number }[]>> {
  return ask(
    `${observe}/findings/ocsf`,
    array((value) => value as { readonly severity_id: number }, 0, 1_000_000),
  );
}

/** How an observer is, and all that is around it. */
export interface ObserverStatus extends Status {
  readonly sinks: readonly DeliveryStatus[];
  readonly suppressions: Refusal | null;
}

const refusal = open<Refusal>({ code: text, expected: text, found: text, remedy: text, check: optional(text) });

const status = open<ObserverStatus>({
  size: integer(0),
  readThrough: nullable(integer(0)),
  time: integer(0),
  healthy: boolean,
  looked: integer(0),
  blind: nullable(text),
  sinks: array(open({ name: text, pending: integer(0), failures: integer(0), refusal: nullable(refusal) })),
  suppressions: nullable(refusal),
});

export function askStatus(observe: string): Promise<Outcome<ObserverStatus>> {
  return ask(`${observe}/status`, status);
}

const MAX_BYTES = 64 * 1024 * 1024;

function ask<T>(url: string, decoder: Decoder<T>): Promise<Outcome<T>> {
  return request(url, { maxBytes: MAX_BYTES }, (answer) => decode(decoder, answer, `the answer of ${url}`));
}
