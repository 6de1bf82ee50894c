// SPDX-License-Identifier: Apache-2.0
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Level, levelOf } from "@countersign/drift/assessment";
import type { Circumstances } from "@countersign/drift/pair";
import { thresholds } from "@countersign/drift/thresholds";
import { compareReleases, type Measure, type PlatformDrift } from "@countersign/release/compare-releases";
import type { RepositoryView } from "@countersign/repository/view";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { publicSince } from "@countersign/trust/ledger/inclusion";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import type { Kind, Severity } from "./detector.ts";
import { type Finding, findingOf } from "./finding.ts";
import type { PublishedEntry } from "./observation.ts";

/** What a release changes. How severe it is, and its title, are those of its score. */
export const packageDrift: Kind = {
  name: "package-drift",
  severity: "High",
  title: "A release changes what benign ones hardly ever change",
  means:
    "The release changes things that releases seldom change together. Each signal weighs the more bits, the fewer benign releases show it. Builds that were tampered with look like this; so does a rewrite.",
  advice: "Read each place that is named beside the release before it, and ask who wrote it: countersign release diff DIGEST",
};

/** What nobody approved, since nobody said it. However usual the rest is. */
export const undeclaredPrivilege: Kind = {
  name: "undeclared-privilege",
  severity: "High",
  title: "A release can do what its statement does not declare",
  means:
    "People approved what the statement declares. The bytes can do more than that, and more than the release before could: they talk, start programs, read secrets or take rights without saying so.",
  advice:
    "Read the places that are named, and ask who wrote them; stop it while it soaks: countersign revoke DIGEST --reason TEXT --as NAME",
};

/** Bytes that nobody can look into. */
export const bytesUnfetched: Kind = {
  name: "bytes-unfetched",
  severity: "High",
  title: "The bytes of a release cannot be had or unpacked",
  means:
    "What nobody can fetch by the digest that was approved, nobody can have looked into; devices that are served something are served something else.",
  advice:
    "Put the bytes back into the store from where they were built; if nobody has them, stop the release: countersign revoke DIGEST --reason TEXT --as NAME",
};

/** A release beside those of its product that came before it, and where its bytes are. */
export interface ReleaseToAnalyse {
  readonly release: Pick<Entry<Statement>, "body" | "digest">;
  /** In order of sequence. */
  readonly earlier: readonly Entry<Statement>[];
  /** Since when it is public, or now where that is not known yet: witnessed, Unix seconds. */
  readonly since: number;
  readonly store: string;
  readonly limits: DownloadLimits;
  readonly ledger: LedgerTrust;
}

/**
 * Fetches the bytes of a release and of the one before it, and says how unusual what changes is: one finding a platform, also where nothing is unusual, so that
 * what was looked into is known; none for a first release. Refuses bytes that cannot be had, or do not unpack.
 */
export async function releaseDrift(subject: ReleaseToAnalyse, measure: Measure, now: number): Promise<Outcome<readonly Finding[]>> {
  const { release, earlier, since, store, limits, ledger } = subject;
  const before = earlier.at(-1);
  if (before === undefined) return accept([]);
  const times = earlier.flatMap(({ proof }) => timeOf(proof, ledger));
  const circumstances = {
    before: { time: timeOf(before.proof, ledger)[0] },
    after: { time: since, withinHour: times.filter((time) => time > since - 3600 && time < since).length + 1 },
  } satisfies Record<string, Circumstances>;
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-drift-"));
  const { outcome } = await compareReleases(before.body, release.body, { store, limits, directory: scratch.path }, measure, circumstances);
  if (!outcome.ok) return outcome;
  const { drift } = outcome.value;
  const platforms = release.body.artifacts.map(
    ({ platform }) =>
      drift.find((each) => each.platform === platform) ?? { platform, bits: 0, sightings: [], rates: measure.rates.source, unaged: [] },
  );
  return accept(platforms.flatMap((each) => [...undeclaredFindings(release, each, now), driftFinding(release, each, now)]));
}

/** Made before the drift itself, whose name says that a release was looked into. */
function undeclaredFindings(
  { body, digest }: ReleaseToAnalyse["release"],
  { platform, sightings }: PlatformDrift,
  now: number,
): readonly Finding[] {
  const { channel, product, version, sequence, privileges } = body;
  return sightings
    .filter(({ signal }) => signal === "privilege-undeclared")
    .map(({ evidence: seen }) => {
      const places = seen.slice(0, 20).map((each) => ({ ...each }));
      const evidence = { channel, product, version, sequence, digest, platform, declared: privileges, observed: places };
      return findingOf(undeclaredPrivilege, { about: [channel, digest, platform], evidence }, now);
    });
}

/** A release beside its own kind in a repository. Where it is not published yet, `since` is the witnessed time of the reading. */
export function subjectOf(
  release: ReleaseToAnalyse["release"] & { readonly proof?: string },
  { policy, ledger, time }: RepositoryView,
  published: readonly PublishedEntry[],
  store: string,
): ReleaseToAnalyse {
  const earlier = published.flatMap(({ entry }) => (isRelease(entry) && isBefore(entry, release) ? [entry] : []));
  const [since = time] = release.proof === undefined ? [] : timeOf(release.proof, ledger);
  return { release, earlier: earlier.toSorted((a, b) => a.body.sequence - b.body.sequence), since, store, limits: policy.download, ledger };
}

export function isRelease(entry: PublishedEntry["entry"]): entry is Entry<Statement> {
  return entry.body._type === "release";
}

function isBefore({ body }: Entry<Statement>, { body: next }: ReleaseToAnalyse["release"]): boolean {
  return body.product === next.product && body.channel === next.channel && body.sequence < next.sequence;
}

function timeOf(proof: string, ledger: LedgerTrust): readonly number[] {
  const since = publicSince(proof, ledger);
  return since.ok ? [since.value] : [];
}

const severities: Readonly<Record<Level, Severity>> = { alert: "High", notice: "Medium", quiet: "Informational" };

/** The score, what makes it up, and how often benign releases show each of it. */
export function driftFinding(
  { body, digest }: ReleaseToAnalyse["release"],
  { platform, bits, sightings, unaged }: PlatformDrift,
  now: number,
): Finding {
  const { channel, product, version, sequence } = body;
  const level = levelOf(bits, thresholds);
  const kind = { ...packageDrift, severity: severities[level], title: titles[level] };
  const seen = sightings.map(({ signal, title, benign, counts, evidence, ...sighting }) => ({
    signal,
    title,
    bits: rounded(sighting.bits),
    benign: rounded(benign, 4),
    counts,
    evidence: evidence.slice(0, 20).map((each) => ({ ...each })),
  }));
  const evidence = {
    channel,
    product,
    version,
    sequence,
    digest,
    platform,
    level,
    bits: rounded(bits),
    sightings: seen,
    ...(unaged.length > 0 && { unaged }),
  };
  return findingOf(kind, { about: [channel, digest, platform], evidence }, now);
}

/** Bytes that a watcher cannot fetch by the digest that was approved, nobody can have looked into. */
export function unfetched(release: ReleaseToAnalyse["release"], refusal: Refusal, now: number): Finding {
  const { channel, product, version } = release.body;
  const evidence = { channel, product, version, digest: release.digest, refusal: { ...refusal } };
  return findingOf(bytesUnfetched, { about: [channel, release.digest, refusal.code], evidence }, now);
}

/** The name under which a release's drift is kept. */
export function driftId(channel: string, digest: Digest, platform: string): Digest {
  return canonicalDigest([packageDrift.name, channel, digest, platform]);
}

function rounded(number: number, digits = 1): number {
  return Number(number.toFixed(digits));
}

const titles: Readonly<Record<Level, string>> = {
  alert: packageDrift.title,
  notice: "A release changes what benign ones seldom change",
  quiet: "A release changes what releases usually change",
};
