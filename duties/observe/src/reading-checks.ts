// SPDX-License-Identifier: Apache-2.0
import type { Entry as LedgerEntry } from "@countersign/tlog/entry";
import type { Attestation } from "@countersign/trust/build/attestation";
import type { ProvenanceSubject } from "@countersign/trust/build/builder";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { type Check, decide } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { approvalsDigest } from "@countersign/trust/release/approval";
import { approvalChecks, type EntrySubject } from "@countersign/trust/release/entry-checks";
import type { ProposedEntry } from "./entry-body.ts";

/** A release or an order that stands in the ledger, and everything that it names, as a monitor fetched it. */
export interface ReadingSubject extends EntrySubject {
  readonly candidate: ProposedEntry;
  /** What the ledger says of it. */
  readonly logged: LedgerEntry;
  /** Of a release. */
  readonly attestations: readonly Attestation[];
  readonly artifacts: readonly { readonly name: string; readonly expected: Digest; readonly found: Digest | undefined }[];
}

function provenancePart({ candidate, attestations, policy, rules, ledger }: ReadingSubject): ProvenanceSubject | undefined {
  return candidate.body._type === "release" ? { candidate: candidate.body, attestations, policy, rules, ledger } : undefined;
}

/** What a monitor verifies anew of each release and order before it says that it has read past it: what signers and devices will ask, without waiting for either. */
export const readingChecks: readonly Check<ReadingSubject>[] = [
  {
    name: "reading/body",
    source: "the ledger names a release by its digest",
    examine: ({ candidate, logged }) =>
      decide(
        candidate.body._type === logged.type && candidate.digest === logged.digest,
        `${logged.type} ${logged.digest.slice(0, 12)}`,
        `${candidate.body._type} ${candidate.digest.slice(0, 12)}`,
        "body-differs",
        "govern shows another statement than the ledger names: find out what is to be hidden.",
      ),
  },
  {
    name: "reading/approvals",
    source: "the ledger names the approvals by their digest",
    examine: ({ candidate, logged }) => {
      const digest = approvalsDigest(candidate.approvals);
      const named = "approvals" in logged ? logged.approvals : "none";
      return decide(
        digest === named,
        `approvals ${named.slice(0, 12)}`,
        digest.slice(0, 12),
        "approvals-differ",
        "govern shows other approvals than were logged: ask the people whose names stand there.",
      );
    },
  },
  ...approvalChecks,
  ...provenanceChecks.map(
    ({ name, source, examine }): Check<ReadingSubject> => ({
      name,
      source,
      examine: (subject) => {
        const part = provenancePart(subject);
        return part === undefined ? { ok: true, value: { expected: "nothing, of an order", found: "nothing" } } : examine(part);
      },
    }),
  ),
  {
    name: "reading/bytes",
    source: "what was approved is what is served",
    examine: ({ artifacts }) => {
      const wrong = artifacts.find(({ expected, found }) => expected !== found);
      return decide(
        wrong === undefined,
        artifacts.map(({ name, expected }) => `${name} ${expected.slice(0, 12)}`).join(", ") || "no artifacts",
        wrong === undefined ? "all hashed and equal" : `${wrong.name}: ${wrong.found?.slice(0, 12) ?? "no bytes of that length"}`,
        wrong?.found === undefined ? "bytes-missing" : "artifact-differs",
        "Serve the bytes that were approved; if they were there, find out who changed them.",
      );
    },
  },
];
