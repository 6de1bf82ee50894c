// SPDX-License-Identifier: Apache-2.0
import { type SigningKey, signDocument } from "@countersign/repository/sign-document";
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import type { Approval } from "@countersign/trust/release/approval";

/** Says one thing about one digest, signed: the only thing that a proposer or an approver ever signs. */
export function signApproval(
  decision: Approval["decision"],
  subject: Approval["subject"],
  digest: Digest,
  key: SigningKey,
): Promise<Signed<Approval>> {
  return signDocument<Approval>({ _type: "approval", spec: "countersign/1", decision, subject, digest }, [key]);
}
