// SPDX-License-Identifier: Apache-2.0
import {
  array,
  closed,
  type Decoder,
  dateTime,
  decodeBytes,
  literal,
  Malformed,
  matching,
  name,
  optional,
} from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Finding } from "./finding.ts";

/** Somebody answers for not hearing of some findings for a while. Nothing else about them changes: they are on record, and read-through and the brake go on. */
export interface Suppression {
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
  /** Which findings: those that agree in every one of these that is told, of which there is `detector` or `id`. */
  readonly detector?: string | undefined;
  readonly id?: string | undefined;
  readonly channel?: string | undefined;
  readonly product?: string | undefined;
}

interface Suppressions {
  readonly _type: "suppressions";
  readonly spec: "countersign/1";
  readonly suppressions: readonly Suppression[];
}

const LONGEST_DAYS = 366;

const words: Decoder<string> = matching(/^(?=.*\S)[^\p{Cc}]{1,500}$/u, "1 to 500 characters that say something");

const fields = closed<Suppression>({
  owner: name,
  reason: words,
  expires: dateTime,
  detector: optional(name),
  id: optional(name),
  channel: optional(name),
  product: optional(name),
});

const suppression: Decoder<Suppression> = (value, at) => {
  const read = fields(value, at);
  if (read.detector === undefined && read.id === undefined) throw new Malformed(at, "a detector or the id of one finding", "neither");
  return read;
};

const suppressions: Decoder<Suppressions> = closed<Suppressions>({
  _type: literal("suppressions"),
  spec: literal("countersign/1"),
  suppressions: array(suppression),
});

/** Reads the file of suppressions. One without an owner, a reason or an expiry refuses all of it, and so does one that would outlast a year. `now`: Unix milliseconds. */
export function readSuppressions(bytes: Uint8Array, now: number): Outcome<readonly Suppression[]> {
  const read = decodeBytes(suppressions, bytes, "the suppressions");
  if (!read.ok) return read;
  const endless = read.value.suppressions.find(({ expires }) => Date.parse(expires) > now + LONGEST_DAYS * 86_400_000);
  if (endless === undefined) return accept(read.value.suppressions);
  return refuse(
    "suppression-too-long",
    `an expiry within ${LONGEST_DAYS} days`,
    `${endless.expires}, of ${endless.owner}`,
    "Give it a date on which somebody looks at it again.",
  );
}

/** Who does not want to hear of a finding now; undefined where everybody does. */
export function suppressedBy(finding: Finding, all: readonly Suppression[], now: number): Suppression | undefined {
  const { channel, product } = finding.evidence;
  const agrees = (told: string | undefined, is: unknown): boolean => told === undefined || told === is;
  return all.find(
    (each) =>
      Date.parse(each.expires) > now &&
      agrees(each.detector, finding.detector) &&
      agrees(each.id, finding.id) &&
      agrees(each.channel, channel) &&
      agrees(each.product, product),
  );
}
