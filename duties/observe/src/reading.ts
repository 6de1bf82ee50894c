// SPDX-License-Identifier: Apache-2.0
import { hashServed } from "@countersign/repository/served-artifact";
import type { RepositoryView } from "@countersign/repository/view";
import type { Entry as LedgerEntry } from "@countersign/tlog/entry";
import { judge } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Statement } from "@countersign/trust/release/statement";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { type Read, readFile } from "@countersign/trust/workflow/step";
import { type ProposedEntry, readProposed } from "./entry-body.ts";
import { type ReadingSubject, readingChecks } from "./reading-checks.ts";

/** Where a monitor fetches what entries name. */
export interface Library {
  readonly read: Read;
  /** URL of the repository. */
  readonly store: string;
  /** URL of govern. */
  readonly govern: string;
}

/**
 * Reads one entry of the ledger with all that it names by digest, verifies it anew, and answers the release or order that it is. Refused: bytes that cannot be had, or are others than were named;
 * a release that people did not approve or builders did not build. Entries of other types name nothing that is kept by digest: roots, targets and channel
 * files are verified where they are served, and what govern keeps is replayed with `govern verify`.
 */
export async function readEntry(logged: LedgerEntry, view: RepositoryView, library: Library): Promise<Outcome<ProposedEntry | undefined>> {
  switch (logged.type) {
    case "release":
    case "order":
      return readRelease(logged, view, library);
    case "provenance":
      return readNamed(`provenance/${logged.digest}`, logged.digest, library.read);
    case "policy":
      return readNamed(`targets/${logged.digest}.policy.json`, logged.digest, library.read);
    default:
      return accept(undefined);
  }
}

async function readNamed(path: string, digest: string, read: Read): Promise<Outcome<undefined>> {
  const bytes = await readFile(read, path);
  if (!bytes.ok) return bytes;
  if (sha256(bytes.value) === digest) return accept(undefined);
  return refuse("bytes-differ", digest, `${sha256(bytes.value)} under ${path}`, "Find out who changed the file.");
}

async function readRelease(
  logged: LedgerEntry,
  { policy, ledger, time }: RepositoryView,
  library: Library,
): Promise<Outcome<ProposedEntry>> {
  const proposed = await readProposed(library.govern, logged.digest);
  if (!proposed.ok) return proposed;
  const candidate = proposed.value;
  const rules = policy.channels[candidate.body.channel];
  if (rules === undefined)
    return refuse(
      "channel-unknown",
      "a channel of the policy",
      candidate.body.channel,
      "Find out who proposes for a channel that nobody has.",
    );
  const attestations = await readAttestations(library.read, provenanceOf(candidate));
  if (!attestations.ok) return attestations;
  const artifacts: ReadingSubject["artifacts"][number][] = [];
  for (const { name, sha256: expected, length } of artifactsOf(candidate))
    artifacts.push({ name, expected, found: await hashServed(library.store, expected, length) });
  return judge({ candidate, logged, attestations: attestations.value, artifacts, policy, rules, ledger, time }, readingChecks).outcome;
}

function provenanceOf({ body }: ProposedEntry): readonly Digest[] {
  return body._type === "release" ? body.provenance : [];
}

function artifactsOf({ body }: ProposedEntry): Statement["artifacts"] {
  return body._type === "release" ? body.artifacts : [];
}
