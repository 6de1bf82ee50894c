// SPDX-License-Identifier: Apache-2.0
import { array, boolean, type Decoder, distinct, integer, Malformed, open, record, text } from "../decode.ts";
import { accept, type Outcome, type Refusal, refuse } from "../refusal.ts";
import { roleName, type TargetFile } from "./meta.ts";
import { matchesPattern } from "./path-pattern.ts";

/** Which repositories must agree on some paths (TAP 4). */
export interface Mapping {
  readonly paths: readonly string[];
  readonly repositories: readonly string[];
  /** How many of them. */
  readonly threshold: number;
  /** Whether mappings after this one are out of the question for a path that it covers. */
  readonly terminating: boolean;
}

/** The map file of a client that uses several repositories (TAP 4). It is the client's own configuration, not fetched. */
export interface MapFile {
  /** Base URLs of each repository, mirrors after the first, by a name that the client gives it. */
  readonly repositories: Readonly<Record<string, readonly string[]>>;
  /** Most trusted first. */
  readonly mapping: readonly Mapping[];
}

const mapping: Decoder<Mapping> = (value, at) => {
  const read = open<Mapping>({
    paths: array(text, 1),
    repositories: distinct(roleName, 1),
    threshold: (given, where) => (given === undefined ? 1 : integer(1)(given, where)),
    terminating: (given, where) => given !== undefined && boolean(given, where),
  })(value, at);
  if (read.threshold > read.repositories.length)
    throw new Malformed(at, `a threshold that ${read.repositories.length} repositories can meet`, read.threshold);
  return read;
};

/** Refuses, too, a mapping to a repository without a place, and a threshold that cannot be met. */
export const mapFile: Decoder<MapFile> = (value, at) => {
  const read = open<MapFile>({ repositories: record(roleName, distinct(text, 1)), mapping: array(mapping) })(value, at);
  const stranger = read.mapping.flatMap(({ repositories }) => repositories).find((name) => read.repositories[name] === undefined);
  if (stranger !== undefined) throw new Malformed(`${at}.mapping`, "repositories that are among the repositories", stranger);
  return read;
};

/** What enough repositories say of a target, and which they are. */
export interface Agreement {
  readonly target: TargetFile;
  readonly repositories: readonly string[];
}

/** What a repository says of the target: undefined where it has no such target; a refusal where it cannot be asked or trusted. */
export type Said = Outcome<TargetFile | undefined>;

/**
 * TAP 4: asks repositories for a target, by yielding their names, until a mapping's threshold of them list it with the same length and the
 * same hashes. No repository is asked twice. A repository that cannot be asked is not one that has no such target: if its voice could have
 * decided a mapping, the search ends there, or whoever can keep a client from one repository could choose which mapping answers. Within one mapping that
 * is what a threshold below the number of repositories means: at threshold 1, whoever keeps a client from A has B answer alone.
 */
export function* consult({ mapping }: MapFile, path: string): Generator<string, Outcome<Agreement>, Said> {
  const answers = new Map<string, Said>();
  for (const { paths, repositories, threshold, terminating } of mapping) {
    if (!paths.some((pattern) => matchesPattern(pattern, path))) continue;
    const groups = new Map<string, { readonly target: TargetFile; readonly repositories: string[] }>();
    const refusals: Refusal[] = [];
    for (const repository of repositories) {
      const said = answers.get(repository) ?? (yield repository);
      answers.set(repository, said);
      if (!said.ok) refusals.push(said.refusal);
      if (!said.ok || said.value === undefined) continue;
      const group = groups.get(identityOf(said.value)) ?? { target: said.value, repositories: [] };
      groups.set(identityOf(said.value), group);
      group.repositories.push(repository);
      if (group.repositories.length >= threshold) return accept(group);
    }
    const agreed = Math.max(0, ...[...groups.values()].map((group) => group.repositories.length));
    const [refusal] = refusals;
    if (refusal !== undefined && agreed + refusals.length >= threshold) return { ok: false, refusal };
    if (terminating) return disagreement(path, threshold, repositories, agreed);
  }
  return refuse(
    "no-such-target",
    `${path} in the repositories that the map file names for it`,
    "in none",
    "Check the path and the map file.",
  );
}

/** Length and hashes; `custom` is each repository's own business. */
function identityOf({ length, hashes: { sha256, sha512 } }: TargetFile): string {
  return JSON.stringify([length, sha256, sha512]);
}

function disagreement(path: string, threshold: number, repositories: readonly string[], agreed: number): Outcome<never> {
  return refuse(
    "repositories-disagree",
    `${threshold} of ${repositories.join(", ")} to say the same of ${path}`,
    `${agreed} do`,
    "One of them is behind, or lies; do not use this target until they agree.",
  );
}
