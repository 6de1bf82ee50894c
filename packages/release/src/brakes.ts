// SPDX-License-Identifier: Apache-2.0
import { denialDigest } from "@countersign/trust/revocation/list";
import type { Published } from "./published.ts";
import { trustedDenials } from "./trusted-denials.ts";

/** What became of a brake: it `holds`, it `lapsed`, a person made it last (`confirmed`), or a lift order answered it (`lifted`). */
export type BrakeState = "holds" | "lapsed" | "confirmed" | "lifted";

/** A release that an observer had held. */
export interface BrakeOnRelease {
  readonly release: string;
  readonly asker: string;
  readonly revoker: string;
  /** Witnessed time at which it lapses, Unix seconds. */
  readonly until: number;
  /** Seconds of witnessed time that are left; 0 once it lapsed. */
  readonly left: number;
  readonly reason: string;
  readonly state: BrakeState;
}

/** Every brake that trusted revokers ever put on their lists, as a stranger reads them. */
export async function readBrakes({ read, view, orders }: Pick<Published, "read" | "view" | "orders">): Promise<readonly BrakeOnRelease[]> {
  const said = await trustedDenials(read, view);
  const lifted = new Set(
    orders.flatMap(({ body }) => (body.action === "lift" ? body.denials.map((digest) => `${body.release} ${digest}`) : [])),
  );
  const forEver = new Set(said.flatMap(({ denial: { kind, name, until } }) => (kind === "release" && until === null ? [name] : [])));
  return said.flatMap(({ revoker, denial }) => {
    const { name: release, brake: asker, until, reason } = denial;
    if (asker === undefined || until === null) return [];
    const left = Math.max(0, until - view.time);
    const state = forEver.has(release)
      ? "confirmed"
      : lifted.has(`${release} ${denialDigest(denial)}`)
        ? "lifted"
        : left > 0
          ? "holds"
          : "lapsed";
    return [{ release, asker, revoker, until, left, reason, state }];
  });
}
