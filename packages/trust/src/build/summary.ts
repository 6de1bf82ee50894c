// SPDX-License-Identifier: Apache-2.0
import { array, type Decoder, literal, Malformed, matching, open, optional, record, text } from "../decode.ts";
import { type ResourceDescriptor, resources, type StatementType, type Subject, subjects } from "./in-toto.ts";

/**
 * An in-toto Statement v1 with a SLSA Verification Summary v1 predicate: somebody who is trusted for it has verified the provenance of these
 * subjects, and says against which policy and with what result.
 */
export interface VerificationSummary {
  readonly _type: StatementType;
  readonly subject: readonly Subject[];
  readonly predicateType: "https://slsa.dev/verification_summary/v1";
  readonly predicate: {
    readonly verifier: { readonly id: string };
    /** RFC 3339 in UTC. The specification lets it be absent; here it is demanded. */
    readonly timeVerified: string;
    /** What was verified, as whoever asked for it named it. */
    readonly resourceUri: string;
    readonly policy: ResourceDescriptor;
    readonly inputAttestations?: readonly ResourceDescriptor[] | undefined;
    readonly verificationResult: "PASSED" | "FAILED";
    readonly verifiedLevels: readonly string[];
  };
}

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** In-toto's Timestamp: RFC 3339 in UTC, a fraction of a second allowed. */
const timestamp: Decoder<string> = (value, at) => {
  const read = matching(pattern, "a UTC time like 2026-01-31T00:00:00Z")(value, at);
  const time = Date.parse(read);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== read.slice(0, 19))
    throw new Malformed(at, "a time of the calendar", value);
  return read;
};

/** At most one level a track (SLSA Verification Summary v1, `verifiedLevels`): with two, what it says would depend on who reads. */
const levels: Decoder<readonly string[]> = (value, at) => {
  const read = array(text, 1, 32)(value, at);
  const tracks = read.map((result) => levelOf(result)?.track ?? result);
  if (new Set(tracks).size !== tracks.length) throw new Malformed(at, "at most one level a track", read.join(", "));
  return read;
};

export const verificationSummary: Decoder<VerificationSummary> = open<VerificationSummary>({
  _type: literal("https://in-toto.io/Statement/v1"),
  subject: subjects,
  predicateType: literal("https://slsa.dev/verification_summary/v1"),
  predicate: open<VerificationSummary["predicate"]>({
    verifier: open({ id: text }),
    timeVerified: timestamp,
    resourceUri: text,
    policy: open<ResourceDescriptor>({ uri: optional(text), digest: optional(record(text, text)) }),
    inputAttestations: optional(resources),
    verificationResult: literal("PASSED", "FAILED"),
    verifiedLevels: levels,
  }),
});

/** `SLSA_BUILD_LEVEL_3` is level 3 of the track `SLSA_BUILD`; undefined for any other property, which has no levels. */
function levelOf(result: string): { readonly track: string; readonly level: number } | undefined {
  const [, track, level] = /^(SLSA_[A-Z]+)_LEVEL_(\d)$/.exec(result) ?? [];
  return track === undefined ? undefined : { track, level: Number(level) };
}

/** Whether these verified levels include one: a level implies the lower ones of its track, and any other property only itself. */
export function includesLevel(verified: readonly string[], wanted: string): boolean {
  const least = levelOf(wanted);
  if (least === undefined) return verified.includes(wanted);
  return verified.map(levelOf).some((found) => found?.track === least.track && found.level >= least.level);
}
