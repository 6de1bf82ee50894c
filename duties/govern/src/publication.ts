// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from "@countersign/release/govern-client";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { publishers } from "./apart/outside-parts.ts";
import { doDuty, dutyOn } from "./duty.ts";
import type { Govern } from "./govern.ts";
import { inTurn } from "./turn.ts";
import type { Carried } from "./use-grant.ts";

/**
 * Publish is about to show what was signed. Where that starts something, it takes a grant to publish, and a use of it is counted: a window that was closed
 * since the release was signed stops it here.
 */
export async function countPublication(
  govern: Govern,
  id: string,
  carried: Carried | undefined,
): Promise<Outcome<{ readonly state: RequestState }>> {
  const on = await dutyOn(govern, "publish", id, `/requests/${id}/publications`, carried);
  if (!on.ok) return on;
  return inTurn(govern.database, async (turn) => {
    const row = await turn
      .selectFrom("requests")
      .select("state")
      .where("id", "=", id as Digest)
      .executeTakeFirst();
    if (row?.state !== "signed")
      return refuse("request-not-signed", "a request that is signed, and not published yet", row?.state ?? "none", "See GET /requests.");
    const owners = publishers(on.value.published);
    const done = await doDuty(turn, govern, on.value, { by: on.value.bearer?.claims.sub ?? "nobody", owners });
    return done.ok ? accept({ state: row.state }) : done;
  });
}
