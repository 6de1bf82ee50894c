// SPDX-License-Identifier: Apache-2.0
import { array, closed, type Decoder, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import type { Entry } from "../release/head.ts";
import type { Statement } from "../release/statement.ts";
import { type Denial, denialDigest } from "./list.ts";

/** Every name by which a release can be stopped, by the kind of denial. */
export type Deniable = Readonly<Record<Denial["kind"], readonly string[]>>;

const names = array(text);

/** Reads what a device kept of a release that it installed. */
export const deniable: Decoder<Deniable> = closed<Deniable>({ release: names, build: names, builder: names, approval: names });

/** The names of a release. `builders` are the keys that signed its provenance, where they are known already. */
export function deniableNames(release: Entry<Statement>, builders: readonly string[] = []): Deniable {
  return {
    release: [release.digest],
    build: release.body.provenance,
    builder: builders,
    approval: release.approvals.map((approval) => approval.digest),
  };
}

/** The denial that stops what has these names at this witnessed time, if one does: made by anybody, not ended, and not answered by a lift. */
export function denialOf(
  names: Deniable,
  denials: readonly Denial[],
  time: number,
  lifted: ReadonlySet<Digest> = new Set(),
): Denial | undefined {
  return denials.find(
    (denial) =>
      names[denial.kind].includes(denial.name) && (denial.until === null || denial.until > time) && !lifted.has(denialDigest(denial)),
  );
}
