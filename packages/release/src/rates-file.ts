// SPDX-License-Identifier: Apache-2.0
import type { Rates } from "@countersign/drift/rates";
import { closed, type Decoder, decodeBytes, integer, literal, Malformed, name, optional, record, text } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** Rates as they stand in a file, which nobody signs: it weighs what is seen, and decides nothing else. */
interface RatesFile extends Rates {
  readonly _type: "rates";
  readonly spec: "countersign/1";
}

const count = integer(0, 1_000_000_000);

const fields = closed<RatesFile>({
  _type: literal("rates"),
  spec: literal("countersign/1"),
  source: text,
  pairs: closed<Rates["pairs"]>({ patch: count, minor: count, major: count }),
  fired: record(name, closed<Rates["fired"][string]>({ patch: optional(count), minor: optional(count), major: optional(count) })),
});

/** No signal fired more often than somebody looked. */
const ratesFile: Decoder<RatesFile> = (value, at) => {
  const read = fields(value, at);
  for (const [signal, counts] of Object.entries(read.fired))
    for (const kind of ["patch", "minor", "major"] as const)
      if ((counts[kind] ?? 0) > read.pairs[kind])
        throw new Malformed(`${at}.fired.${signal}.${kind}`, `at most ${read.pairs[kind]}`, counts[kind]);
  return read;
};

export function readRates(bytes: Uint8Array, what: string): Outcome<Rates> {
  const read = decodeBytes(ratesFile, bytes, what);
  if (!read.ok) return read;
  const { source, pairs, fired } = read.value;
  return accept({ source, pairs, fired });
}

export function ratesText({ source, pairs, fired }: Rates): string {
  const file: RatesFile = { _type: "rates", spec: "countersign/1", source, pairs, fired };
  return `${JSON.stringify(file, null, 2)}\n`;
}
