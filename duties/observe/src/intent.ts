// SPDX-License-Identifier: Apache-2.0
import type { Attestation } from "@countersign/trust/build/attestation";
import type { Digest } from "@countersign/trust/digest";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import type { Announced, IssuedGrant, Place, ReleaseWindow } from "./announced.ts";
import type { DeclaredIntent } from "./intents-file.ts";

/** A release entry of the ledger, with what could be read of it by its digest. */
export interface EnteredRelease extends Place {
  readonly digest: Digest;
  /** When it was public, by the proof that is published with it. Unix seconds; undefined where it is not published yet. */
  readonly since: number | undefined;
  /** Undefined where nobody shows what it names. */
  readonly shown: ShownStatement | undefined;
  /** Whether a channel has offered it for so long that all that was granted for it has been heard. */
  readonly isOffered: boolean;
}

/** What a release entry names, and the provenance that this names in turn. */
export interface ShownStatement extends Pick<Entry<Statement>, "body" | "approvals"> {
  readonly attestations: readonly Attestation[];
}

/** What was said beforehand of what would be released, and what was: all that this observer's own list of intended releases is made of. */
export interface Intent {
  /** Absent where no govern is to be asked. */
  readonly announced: Announced | undefined;
  /** How long what belongs together may take to be logged. */
  readonly graceSeconds: number;
  /** What the security team wrote down; absent where there is no such file. */
  readonly declared: readonly DeclaredIntent[] | undefined;
  /** The newest release entries that have been in the ledger long enough for what belongs to them to be read, oldest first. */
  readonly releases: readonly EnteredRelease[];
}

/** What is asked of what was said. */
export type Said = Intent & { readonly announced: Announced };

/** Narrows to where govern could be asked. */
export function isSaid(intent: Intent | undefined): intent is Said {
  return intent?.announced !== undefined;
}

/** Whether something was said in time: before a release stood in the ledger, or within the moment in which acts are logged beside it. */
export function inTime({ graceSeconds }: Intent, said: Place, release: Place): boolean {
  return said.index < release.index || said.seen < release.seen + graceSeconds;
}

/** Whether people had opened the window of a grant when it was issued, and nobody had closed it. */
export function inItsWindow(intent: Said, { window: id, place }: IssuedGrant): boolean {
  const window = intent.announced.windows.get(id);
  return (
    window !== undefined && inTime(intent, window.opened, place) && (window.closed === undefined || inTime(intent, place, window.closed))
  );
}

function wasOpen(intent: Intent, { opened, closed, ends }: ReleaseWindow, release: EnteredRelease): boolean {
  if (!inTime(intent, opened, release)) return false;
  return (closed === undefined || closed.index > release.index) && (release.since ?? 0) <= ends;
}

/** The grant under which an identity proposed a release. */
export function proposalGrant({ announced: { grants } }: Said, { digest }: EnteredRelease): IssuedGrant | undefined {
  return grants.find((grant) => grant.duty === "propose" && grant.digest === digest);
}

/** The windows of a release's channel that were open when it entered the ledger; of one that was granted in a window, that one alone. */
export function windowsFor(intent: Said, release: EnteredRelease): readonly ReleaseWindow[] {
  const granted = proposalGrant(intent, release)?.window;
  return [...intent.announced.windows.values()].filter(
    (window) =>
      window.channel === release.shown?.body.channel &&
      (granted === undefined || window.id === granted) &&
      wasOpen(intent, window, release),
  );
}
