// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind, signedAs } from "../act-kind.ts";
import { putInHands } from "../apart/hand-over.ts";
import { column } from "../column.ts";
import { evidence } from "../evidence.ts";
import { setStatus } from "../identity-acts.ts";
import { digest, keyid, name, reason } from "../shapes.ts";
import type { Handover } from "./cascade.ts";
import type { KeyToRotate } from "./keys.ts";

interface Offboarded {
  readonly reason: string;
  readonly handovers: readonly Handover[];
  readonly keys: readonly KeyToRotate[];
  readonly evidence: Signed<unknown>;
}

const handover = z.discriminatedUnion("to", [
  z.strictObject({ identity: name, to: z.literal("hands"), owner: name, deputy: name }),
  z.strictObject({ identity: name, to: z.literal("deputy"), owner: name, deputy: name }),
  z.strictObject({ identity: name, to: z.literal("retired") }),
]);

/** Somebody leaves, and what they answered for comes into other hands or ends. */
export const personOffboarded: ActKind<Offboarded> = {
  name: "person.offboarded",
  body: z.strictObject({
    reason,
    handovers: z.array(handover),
    keys: z.array(z.strictObject({ keyid, roles: z.array(z.string()) })),
    evidence,
  }),
  entry: "identity",
  isSigned: signedAs("person.offboard", ({ reason }) => ({ reason })),
  apply: async (transaction, act) => {
    const { reason, handovers, keys } = act.body;
    await transaction.insertInto("leavers").values({ person: act.subject, by: act.who, reason, left: act.time }).execute();
    for (const { keyid, roles } of keys)
      await transaction
        .insertInto("rotations")
        .values({ person: act.subject, keyid, roles: column(roles) })
        .execute();
    for (const each of handovers) {
      if (each.to === "retired") await setStatus(transaction, each.identity, "retired");
      else await putInHands(transaction, { ...act, who: "govern" }, each.identity, each);
      if (each.to === "hands") await setStatus(transaction, each.identity, "suspended");
    }
  },
};

/** What somebody said of a proposal that waits counts no more; the others' approvals stay, in their order. */
export const approvalWithdrawn: ActKind<{ readonly keyids: readonly string[] }> = {
  name: "approval.withdrawn",
  body: z.strictObject({ keyids: z.array(keyid) }),
  entry: "act",
  apply: async (transaction, { subject, body: { keyids } }) => {
    const proposal: Digest = digest.parse(subject);
    const rows = await transaction.selectFrom("approvals").select("envelope").where("proposal", "=", proposal).orderBy("place").execute();
    const kept = rows.filter(({ envelope }) => !keyids.includes(keyOf(envelope)));
    await transaction.deleteFrom("approvals").where("proposal", "=", proposal).execute();
    for (const [place, { envelope }] of kept.entries())
      await transaction.insertInto("approvals").values({ proposal, place, envelope }).execute();
  },
};

/** The key of an approval that was read strictly when it came. */
export function keyOf(envelope: string): string {
  const { signatures } = JSON.parse(envelope) as Signed<unknown>;
  return signatures[0]?.keyid ?? "";
}

export const offboardKinds: readonly AnyKind[] = [anyKind(personOffboarded), anyKind(approvalWithdrawn)];
