// SPDX-License-Identifier: Apache-2.0
import type { OwnerOf } from "@countersign/trust/anchor/role";
import { ownersIn } from "@countersign/trust/anchor/root";
import type { Envelope } from "@countersign/trust/envelope";
import { type Authority, ownersOf, signersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { authorityOf } from "@countersign/trust/tuf/delegation";
import { type TopRole, topAuthority } from "@countersign/trust/tuf/root";
import { anchorRootOf, readDocument } from "./event-document.ts";
import type { Delegating, SigningEvent } from "./signing-event.ts";

/** A quorum that a document has to fill, and who says so. */
export interface QuorumAsked {
  readonly saidBy: string;
  readonly authority: Authority;
  /** Who is behind each key, where the root says so: then the threshold is one of owners, too. */
  readonly ownerOf: OwnerOf | undefined;
}

/** How far a quorum is filled. */
export interface QuorumState extends QuorumAsked {
  /** The keys whose valid signatures count. */
  readonly signed: readonly string[];
  readonly filled: boolean;
}

/** The quorum that a file asks of a role: a root of the four top-level ones, any other file of those that it delegates to. */
export function quorumAskedBy({ role: delegating, file }: Delegating, role: string, saidBy: string): Outcome<QuorumAsked> {
  const read = readDocument(delegating, file.signed);
  if (!read.ok) return read;
  const document = read.value;
  if (document._type === "root" && Object.hasOwn(document.roles, role)) {
    const anchor = anchorRootOf(document);
    return accept({ saidBy, authority: topAuthority(document, role as TopRole), ownerOf: anchor && ownersIn(anchor) });
  }
  const authority = document._type === "targets" && document.delegations ? authorityOf(document.delegations, role) : undefined;
  return authority === undefined
    ? refuse(
        "role-unknown",
        `a file that says who signs ${role}`,
        `not ${saidBy}`,
        "Open the event with the files that delegate, from root to this role.",
      )
    : accept({ saidBy, authority, ownerOf: undefined });
}

/** The quorums that a document has to fill: a root the one of the root before it and its own (TUF 5.3.4), anything else its delegator's. */
export function quorumsAsked({ role, document, previous, delegators }: SigningEvent): Outcome<readonly QuorumAsked[]> {
  const before = previous === null ? [] : [{ role: "root", file: previous, saidBy: "the root before" }];
  const last = delegators
    .slice(-1)
    .map((delegator) => ({ ...delegator, saidBy: `version ${versionText(delegator.file)} of ${delegator.role}` }));
  const quorums: QuorumAsked[] = [];
  for (const asker of role === "root" ? [...before, { role: "root", file: document, saidBy: "this root itself" }] : last) {
    const asked = quorumAskedBy(asker, role, asker.saidBy);
    if (!asked.ok) return asked;
    quorums.push(asked.value);
  }
  if (quorums.length > 0) return accept(quorums);
  return refuse(
    "role-unknown",
    `a file that says who signs ${role}`,
    "none",
    "Open the event with the files that delegate, from root to this role.",
  );
}

/** Counts who signed a document, for one quorum. */
export function quorumState(document: Envelope<unknown>, asked: QuorumAsked): QuorumState {
  const signed = signersOf(document, asked.authority);
  const voices = asked.ownerOf === undefined ? signed.length : ownersOf(signed, asked.ownerOf).length;
  return { ...asked, signed, filled: voices >= asked.authority.threshold };
}

function versionText({ signed }: Envelope<unknown>): string {
  return String((signed as { readonly version?: unknown } | null)?.version);
}
