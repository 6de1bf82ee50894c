// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { attestationIn } from "@countersign/trust/build/attestation";
import { isSummary } from "@countersign/trust/build/attested";
import { builderOf } from "@countersign/trust/build/builder";
import { originOf } from "@countersign/trust/build/origin";
import { type Read, readFile } from "@countersign/trust/workflow/step";
import type { LedgerCopy } from "./ledger-copy.ts";
import type { LoggedEntry } from "./observation.ts";

/** What one trusted builder says that a commit gives, whether a release names it or not. */
export interface Rebuild {
  /** Repository, commit and the name of the file. */
  readonly of: string;
  readonly builder: string;
  readonly sha256: string;
  /** Digest of the provenance file. */
  readonly provenance: string;
}

/** How often a provenance file that cannot be read is asked for. */
const TRIES = 60;

/** Every provenance of the ledger by a builder that the policy trusts: also of those who only build again to see whether it comes out the same. */
export class Rebuilds {
  readonly #read: Read;
  readonly #wanted = new Map<string, number>();
  readonly #known: Rebuild[] = [];

  constructor(read: Read, copy: LedgerCopy) {
    this.#read = read;
    for (const { entry } of copy.entriesOf(["provenance"])) this.#wanted.set(entry.digest, 0);
  }

  async hear(fresh: readonly LoggedEntry[], view: RepositoryView): Promise<readonly Rebuild[]> {
    for (const { entry } of fresh) if (entry.type === "provenance") this.#wanted.set(entry.digest, 0);
    for (const [digest, tries] of this.#wanted) {
      const bytes = await readFile(this.#read, `provenance/${digest}`);
      if (bytes.ok) this.#known.push(...rebuildsIn(bytes.value, view));
      if (bytes.ok || tries >= TRIES) this.#wanted.delete(digest);
      else this.#wanted.set(digest, tries + 1);
    }
    return this.#known;
  }
}

function rebuildsIn(bytes: Uint8Array, { policy }: RepositoryView): readonly Rebuild[] {
  const read = attestationIn(bytes, "");
  if (!read.ok || isSummary(read.value.provenance)) return [];
  const { provenance, envelope } = read.value;
  const rule = Object.values(policy.channels)
    .map((rules) => builderOf(read.value, policy, rules)?.rule)
    .find((found) => found !== undefined);
  const { repository = "", commit = "" } = originOf(provenance);
  if (rule === undefined || commit === "") return [];
  return provenance.subject.flatMap(({ name = "", digest }) => {
    const { sha256 } = digest;
    return sha256 === undefined ? [] : [{ of: `${repository}@${commit} ${name}`, builder: rule.id, sha256, provenance: envelope.digest }];
  });
}
