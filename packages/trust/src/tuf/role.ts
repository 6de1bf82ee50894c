// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Evidence, type Judgement, judge } from "../check.ts";
import type { Decoder } from "../decode.ts";
import { type Digest, sha256 } from "../digest.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { type DocumentLimits, defaultLimits, type Limits } from "../limits.ts";
import { type Authority, signersOf } from "../quorum.ts";
import { accept, type Outcome } from "../refusal.ts";
import { type MetaFile, matchesHashes } from "./meta.ts";

/** The fields every TUF role has (TUF 4.3). */
export interface RoleFields {
  readonly version: number;
  readonly expires: string;
}

/** What the rules of a role look at, besides the file itself. */
export interface RoleContext<T extends RoleFields> {
  readonly authority: Authority;
  /** The file trusted before, if any. */
  readonly stored: Envelope<T> | undefined;
  /** What the document that names this one says of it; absent for root and timestamp. */
  readonly listed: MetaFile | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** One metadata file under judgement. */
export interface RoleSubject<T extends RoleFields> extends RoleContext<T> {
  readonly candidate: Envelope<T>;
}

/** How a file is read: within which limits, and whether unknown fields beside what is signed are let be, as TUF 4 asks for in its preamble. */
export interface Reading {
  readonly limits: DocumentLimits;
  readonly beside: "refused" | "ignored";
}

/** A file of ours, of at most so many bytes: nothing stands beside what is signed. */
export function ourReading(documentBytes: number): Reading {
  return { limits: { ...defaultLimits, documentBytes }, beside: "refused" };
}

/** A file of anybody's repository, of at most so many bytes. */
export function plainReading(limits: Limits, documentBytes: number): Reading {
  return { limits: { ...limits, documentBytes }, beside: "ignored" };
}

/**
 * Reads one metadata file, unless that is done, and judges it: the one way in which a file of any role comes to be trusted. Bytes that are not those which
 * the naming document lists are refused before they are parsed.
 */
export function acceptRole<T extends RoleFields, C extends object>(
  decoder: Decoder<T>,
  file: Uint8Array | Envelope<T>,
  what: string,
  context: C,
  checks: readonly Check<C & { readonly candidate: Envelope<T> }>[],
  { limits, beside }: Reading,
): Judgement<Envelope<T>> {
  const unlisted = file instanceof Uint8Array ? refusedUnread(file, context, checks) : undefined;
  if (unlisted !== undefined) return unlisted;
  const candidate = file instanceof Uint8Array ? readEnvelope(decoder, file, what, limits, beside) : accept(file);
  if (!candidate.ok) return { verdicts: [], outcome: candidate };
  return judge({ ...context, candidate: candidate.value }, checks) as Judgement<Envelope<T>>;
}

/** Threshold of keys: each counts once, whatever it is called and however often it signed. */
export function signatures(role: string, section: string): Check<Pick<RoleSubject<RoleFields>, "candidate" | "authority">> {
  return {
    name: `${role}/signatures`,
    source: `TUF ${section}, arbitrary software attack`,
    examine: ({ candidate, authority }) => quorum(candidate, authority),
  };
}

/** The rule behind `signatures`; a root asks it of itself and of the root before. */
export function quorum(candidate: Envelope<unknown>, authority: Authority): Outcome<Evidence> {
  const signers = signersOf(candidate, authority);
  return decide(
    signers.length >= authority.threshold,
    `${authority.threshold} of ${authority.keyids.length} trusted keys`,
    `${signers.length} valid (${signers.map((keyid) => keyid.slice(0, 8)).join(", ") || "none"})`,
    "threshold-not-met",
    "Too few of the keys that may sign this did; it is forged, or the signers have not finished.",
  );
}

/** Mix-and-match: it must be the file that the naming document means, by version, length and hashes, as far as that gives them. */
export function listed(role: string, section: string): ListedCheck {
  const answer = (holds: boolean, listed: MetaFile | undefined, found: string): Outcome<Evidence> =>
    decide(
      holds,
      listed === undefined ? "not listed by another document" : describe(listed),
      found,
      "not-the-listed-file",
      "The mirror mixes files of different times or makes its own; use another mirror.",
    );
  return {
    name: `${role}/listed`,
    source: `TUF ${section}, against the document that lists it`,
    examine: ({ candidate, listed }) =>
      answer(
        listed === undefined || isListed(candidate, listed),
        listed,
        `version ${candidate.signed.version}, ${candidate.bytes.length} bytes, sha256 ${candidate.digest}`,
      ),
    examineBytes: (bytes, listed) => answer(areListed(bytes, listed), listed, `${bytes.length} bytes, sha256 ${sha256(bytes)}`),
  };
}

/** A check that can refuse a file by its bytes alone, so that nobody parses what the naming document does not mean. */
interface ListedCheck extends Check<Pick<RoleSubject<RoleFields>, "candidate" | "listed">> {
  examineBytes(bytes: Uint8Array, listed: MetaFile): Outcome<Evidence>;
}

/** The refusal of bytes that are not listed, where one of the checks asks for that; undefined where they may be parsed. */
function refusedUnread(
  bytes: Uint8Array,
  { listed }: Partial<Pick<RoleContext<RoleFields>, "listed">>,
  checks: readonly (Pick<ListedCheck, "name" | "source"> & Partial<Pick<ListedCheck, "examineBytes">>)[],
): Judgement<never> | undefined {
  for (const { name, source, examineBytes } of checks) {
    const outcome = listed && examineBytes?.(bytes, listed);
    if (outcome === undefined || outcome.ok) continue;
    const { expected, found } = outcome.refusal;
    return { verdicts: [{ check: name, source, expected, found, refusal: outcome.refusal }], outcome };
  }
  return undefined;
}

/** A file that is shorter than its listed length is another file, too (TUF 4.4, LENGTH). */
export function isListed(file: Envelope<RoleFields>, { version, length, hashes }: MetaFile): boolean {
  return file.signed.version === version && areListed(file.bytes, { length, hashes }, file.digest);
}

function areListed(bytes: Uint8Array, { length, hashes }: Pick<MetaFile, "length" | "hashes">, digest?: Digest): boolean {
  return (length === undefined || bytes.length === length) && (hashes === undefined || matchesHashes(bytes, hashes, digest));
}

function describe({ version, length, hashes }: MetaFile): string {
  const digests = Object.entries(hashes ?? {}).map(([name, hash]) => `, ${name} ${hash}`);
  return `version ${version}${length === undefined ? "" : `, ${length} bytes`}${digests.join("")}`;
}

/** Rollback: never older than what was trusted before. */
export function version<T extends RoleFields>(role: string, section: string): Check<Pick<RoleSubject<T>, "candidate" | "stored">> {
  return {
    name: `${role}/version`,
    source: `TUF ${section}, rollback`,
    examine: ({ candidate, stored }) =>
      decide(
        candidate.signed.version >= (stored?.signed.version ?? 1),
        `version ${stored?.signed.version ?? 1} or later`,
        `version ${candidate.signed.version}`,
        "version-rolled-back",
        "This is older than what was seen before: a replay. Use another mirror.",
      ),
  };
}

/** Freeze: somebody vouched for it until a time that has not come. */
export function expiry(role: string, section: string): Check<Pick<RoleSubject<RoleFields>, "candidate" | "now">> {
  return {
    name: `${role}/expiry`,
    source: `TUF ${section}, freeze`,
    examine: ({ candidate, now }) =>
      decide(
        Date.parse(candidate.signed.expires) > now,
        `not expired at ${new Date(now).toISOString()}`,
        `version ${candidate.signed.version} expires ${candidate.signed.expires}`,
        "expired",
        "Nobody has vouched for this recently: a freeze, or the publisher is down. Use another mirror, or ask the publisher.",
      ),
  };
}
