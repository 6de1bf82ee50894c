// SPDX-License-Identifier: Apache-2.0
// What the vectors of several documents are made from. Every key is made from the SHA-256 of its holder's name, every time is fixed.
import { sha256 as raw } from "@countersign/tlog/hash";
import { formatNote, parseNote } from "@countersign/tlog/note";
import { cosign, signerFromSeed } from "@countersign/tlog/signer";
import { root } from "@countersign/trust/anchor/root";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { people, policyOf, rootOf } from "@countersign/trust/founding.test-support";
import { type LedgerTrust, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { type Policy, policy as policyDecoder } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Entry, type Head, headDocument } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { entryOf, ledgerFields, must, type Person, say, type TestLog } from "@countersign/trust/simulator.test-support";
import type { Vector } from "./vector.ts";

/** Witnessed time at which the entries of these vectors were made, Unix seconds. */
export const start = 1_780_315_200; // 2026-06-01T12:00:00Z

/** The ledger as a root states it. */
export interface GivenLedger {
  readonly log: { readonly origin: string; readonly vkey: string };
  readonly witnesses: readonly string[];
  readonly witnessQuorum: number;
  readonly formerLogs?: readonly object[];
}

export const ledger: GivenLedger = ledgerFields as GivenLedger;

export function ledgerOf(given: GivenLedger): LedgerTrust {
  const { countersign, ...rest } = rootOf() as { readonly countersign: object };
  return ledgerTrust(must(decode(root, { ...rest, countersign: { ...countersign, ...given } }, "root")));
}

export const policy: Policy = policyOf();

export function readPolicy(given: unknown): Outcome<Policy> {
  return decode(policyDecoder, given, "policy");
}

/** A policy with other rules for the channel `stable`. */
export function policyWith(rules: object, change: object = {}): Policy {
  const channels = Object.fromEntries(Object.entries(policy.channels).map(([name, usual]) => [name, { ...usual, ...rules }]));
  return { ...policy, channels, ...change };
}

/** An entry that Carol proposed and these people approved. */
export function approvedBy<T extends Statement | Order>(
  body: T,
  log: TestLog,
  time: number,
  ...approvers: readonly Person[]
): Promise<Entry<T>> {
  return entered(body, log, time, [["propose", people.carol], ...approvers.map((who) => ["approve", who] as const)]);
}

export async function entered<T extends Statement | Order>(
  body: T,
  log: TestLog,
  time: number,
  voices: readonly (readonly ["propose" | "approve", Person])[],
): Promise<Entry<T>> {
  const digest = canonicalDigest(body);
  return entryOf(body, await Promise.all(voices.map(([decision, who]) => say(who, decision, body._type, digest))), log, time);
}

export function headOf(releases: readonly Entry<Statement>[], orders: readonly Entry<Order>[] = []): Head {
  return { _type: "head", spec: "countersign/1", product: "hello", platform: "linux-x64", channel: "stable", releases, orders };
}

/** A head as it is served. */
export function served(head: Head): Json {
  return headDocument(head);
}

/** A note with one cosignature more. */
export async function cosigned(note: string, name: string, time: number, seed: string = name): Promise<string> {
  const { text, signatures } = must(parseNote(Buffer.from(note)));
  return formatNote(text, [...signatures, await cosign(Buffer.from(text), time, signerFromSeed(raw(Buffer.from(seed)), name, 4))]);
}

export function accepted<G>(description: string, given: G, yields?: Json): Vector<G> {
  return { description, given, expect: { accepted: true, ...(yields !== undefined && { yields }) } };
}

export function refused<G>(description: string, code: string, given: G): Vector<G> {
  return { description, given, expect: { refused: code } };
}

/** What a vector's own input must have; a vector without it is a mistake of its author. */
export function found<T>(value: T | undefined, what: string): Outcome<T> {
  return value === undefined ? refuse("vector-incomplete", what, "nothing", "Correct the vector.") : accept(value);
}
