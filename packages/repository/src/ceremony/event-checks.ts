// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Check, decide, type Evidence } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import type { Envelope, Signature } from "@countersign/trust/envelope";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { versionOf } from "../edit/message.ts";
import { isAnchor, readDocument } from "./event-document.ts";
import { quorumAskedBy, quorumState, quorumsAsked } from "./quorum-asked.ts";
import { sidecarState, sidecarsAsked } from "./sidecar-asked.ts";
import type { Delegating, SigningEvent } from "./signing-event.ts";

/** An event under judgement by one signer, beside what that signer holds. */
export interface EventSubject {
  readonly candidate: SigningEvent;
  /** The message of the root that the signer trusts; undefined where a first root is to be signed. */
  readonly root: Uint8Array | undefined;
  /** The message that the document follows, where the signer has it from elsewhere: it need not be signed by today's quorum then. */
  readonly previous?: Uint8Array | undefined;
}

/** All that a signer asks of an event before they look at what it changes, in order. */
export const eventChecks: readonly Check<EventSubject>[] = [
  {
    name: "event/document",
    source: "nobody signs what no client could read",
    examine: ({ candidate: { role, document, delegators } }) => {
      const read = readDocument(role, document.signed, isAnchor(delegators[0]?.file.signed));
      return read.ok ? accept({ expected: `a document of ${role}`, found: `version ${read.value.version}` }) : read;
    },
  },
  {
    name: "event/anchor",
    source: "who signs is said by the root that this signer trusts, not by whoever sent the file",
    examine: ({ candidate: { role, previous, delegators }, root }) => {
      const first = role === "root" ? previous : delegators[0]?.role === "root" ? delegators[0].file : null;
      const trusted = root === undefined ? role === "root" && first === null : first !== null && sameMessage(first, root);
      return decide(
        trusted && (role !== "root" || delegators.length === 0),
        root === undefined ? "a first root, which follows none" : `the trusted root, sha256 ${shown(root)}`,
        first === null ? "no root" : `sha256 ${shown(first.message)}`,
        "event-of-another-root",
        "Make sure which root you trust; do not sign on the word of this file.",
      );
    },
  },
  {
    name: "event/delegators",
    source: "TUF 5.6.7: each delegating file is signed by the quorum that the one before it asks for",
    examine: ({ candidate: { delegators } }) => {
      for (const [index, { role, file }] of delegators.slice(1).entries()) {
        const filled = isFilled(file, role, delegators[index]);
        if (!filled.ok) return filled;
      }
      return accept({ expected: "each signed by its quorum", found: delegators.map(({ role }) => role).join(", ") || "none" });
    },
  },
  {
    name: "event/previous",
    source: "what changes is told against what stands, not against what somebody says stands",
    examine: ({ candidate: { role, document, previous, delegators }, previous: known }) => {
      if (previous === null) {
        const version = versionOf(document.message);
        return decide(
          version === 1,
          "version 1, of what follows nothing",
          `version ${version}`,
          "previous-missing",
          "Add the version before.",
        );
      }
      if (role === "root") return accept({ expected: "the trusted root", found: "the same" }); // by `event/anchor`
      if (known === undefined) return isFilled(previous, role, delegators.at(-1));
      const found = shown(previous.message);
      return decide(
        sameMessage(previous, known),
        shown(known),
        found,
        "previous-differs",
        "Take the version before from where it is served.",
      );
    },
  },
  {
    name: "event/version",
    source: "TUF 5.3.5: versions follow one another",
    examine: ({ candidate: { document, previous } }) => {
      const wanted = previous === null ? 1 : versionOf(previous.message) + 1;
      const found = versionOf(document.message);
      return decide(
        found === wanted,
        `version ${wanted}`,
        `version ${found}`,
        "version-skipped",
        "Make the document again from the version before.",
      );
    },
  },
  {
    name: "event/policies",
    source: "docs/sidecar.md: the policy before judges new targets as the new one does, each by its own keys and under one name",
    examine: ({ candidate }) => {
      const asked = sidecarsAsked(candidate);
      if (!asked.ok) return asked;
      const names = [...new Set(asked.value.map(({ demand }) => demand.repository))];
      return decide(
        names.length <= 1,
        "one name for the repository",
        names.join(", ") || "no sidecar demanded",
        "repository-renamed",
        "Keep the name: a device that holds the policy before takes nothing that is signed for another.",
      );
    },
  },
  {
    name: "event/sidecar",
    source: "a signature that counts for nobody is there for another reason",
    examine: ({ candidate }) => {
      const asked = sidecarsAsked(candidate);
      if (!asked.ok) return asked;
      const counted = new Set(asked.value.flatMap((each) => sidecarState(candidate, each).signed));
      return onlyCounted(candidate.sidecar, counted);
    },
  },
  {
    name: "event/signatures",
    source: "a signature that counts for nobody is there for another reason",
    examine: ({ candidate }) => {
      const quorums = quorumsAsked(candidate);
      if (!quorums.ok) return quorums;
      const counted = new Set(quorums.value.flatMap((asked) => quorumState(candidate.document, asked).signed));
      return onlyCounted(candidate.document.signatures, counted);
    },
  },
];

function onlyCounted(signatures: readonly Signature[], counted: ReadonlySet<string>): Outcome<Evidence> {
  const foreign = signatures.find(({ keyid }) => !counted.has(keyid));
  return decide(
    foreign === undefined,
    "only valid signatures, of keys that are asked, each once",
    foreign === undefined ? `${counted.size}` : `one by ${foreign.keyid.slice(0, 12)}`,
    "signature-foreign",
    "Find out who put it there: a stranger, or somebody who signed before the document was changed.",
  );
}

function isFilled(file: Envelope<Json>, role: string, delegator: Delegating | undefined): Outcome<Evidence> {
  if (delegator === undefined)
    return refuse("role-unknown", `a file that says who signs ${role}`, "none", "Open the event with the files that delegate.");
  const asked = quorumAskedBy(delegator, role, delegator.role);
  if (!asked.ok) return asked;
  const { filled, signed, authority } = quorumState(file, asked.value);
  return decide(
    filled,
    `${role} signed by ${authority.threshold} of the keys that ${delegator.role} names`,
    `${signed.length}`,
    "threshold-not-met",
    "Take this file from where it is served.",
  );
}

function sameMessage({ message }: Envelope<Json>, other: Uint8Array): boolean {
  return Buffer.compare(message, other) === 0;
}

function shown(message: Uint8Array): string {
  return sha256(message).slice(0, 12);
}
