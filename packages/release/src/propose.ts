// SPDX-License-Identifier: Apache-2.0
import type { GrantSource } from "@countersign/federation/grant-source";
import type { SigningKey } from "@countersign/repository/sign-document";
import { decode } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Entry } from "@countersign/trust/release/head";
import { releaseDigest, type Statement, statement } from "@countersign/trust/release/statement";
import type { GovernClient } from "./govern-client.ts";
import { readPublished, type Source } from "./published.ts";
import { signApproval } from "./sign-approval.ts";

/** What the one who releases decides. Sequence, predecessor and epoch follow from what is published. */
export interface ReleaseDraft
  extends Pick<
    Statement,
    "product" | "channel" | "version" | "urgent" | "minimumSequence" | "artifacts" | "provenance" | "privileges" | "health" | "rollout"
  > {
  /** Whether devices that confirm this release shall never run an earlier epoch again. */
  readonly epochUp: boolean;
}

export interface ProposeInput extends Source {
  readonly govern: GovernClient;
  /** Where the pipeline gets the grant under which it proposes; a person proposes under her own signature. */
  readonly grants?: GrantSource;
  /** A key that the policy lists among the channel's proposers. */
  readonly key: SigningKey;
  readonly draft: ReleaseDraft;
}

export interface ProposedRelease {
  readonly digest: Digest;
  readonly statement: Statement;
}

/** The statement that follows the last published one. */
export function nextStatement(last: Entry<Statement> | undefined, { epochUp, ...draft }: ReleaseDraft): Statement {
  return {
    _type: "release",
    spec: "countersign/1",
    ...draft,
    sequence: (last?.body.sequence ?? 0) + 1,
    predecessor: last?.digest ?? null,
    epoch: (last?.body.epoch ?? 0) + (epochUp ? 1 : 0),
  };
}

/** Proposes a release: reads what is published, states what follows, signs its digest and hands both to govern. */
export async function proposeRelease({ govern, grants, key, draft, ...source }: ProposeInput): Promise<Outcome<ProposedRelease>> {
  const published = await readPublished(source, draft);
  if (!published.ok) return published;
  const stated = decode(statement, nextStatement(published.value.releases.at(-1), draft), "the release");
  if (!stated.ok) return stated;
  const digest = releaseDigest(stated.value);
  const errand = { duty: "propose", channel: draft.channel, digest, uses: 1 } as const;
  const granted = await grants?.grantFor(errand);
  if (granted?.ok === false) return granted;
  const under = grants && granted && { grants, granted: granted.value };
  const taken = await govern.propose(stated.value, await signApproval("propose", "release", digest, key), under);
  return taken.ok ? accept({ digest, statement: stated.value }) : taken;
}
