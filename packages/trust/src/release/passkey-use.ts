// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { passkeyCounter } from "../keys/webauthn.ts";
import type { Policy } from "../policy/policy.ts";
import { signersOf } from "../quorum.ts";
import { type Approval, approvalName } from "./approval.ts";

/** That a passkey signed one approval, and how far its counter had come. */
export interface PasskeyUse {
  readonly keyid: string;
  readonly approval: Digest;
  readonly counter: number;
}

/**
 * The uses of passkeys that count (WebAuthn L3 6.1.1), in the order of the approvals. One that does not verify is nobody's use, and a passkey whose counter stays 0
 * does not count: of its copies, if it has any, nobody can tell.
 */
export function passkeyUses(approvals: readonly Envelope<Approval>[], { holders }: Policy): readonly PasskeyUse[] {
  return approvals.flatMap((approval) => {
    const [{ keyid, sig } = { keyid: "", sig: "" }] = approval.signatures;
    const key = holders[keyid]?.key;
    const counter = key?.keytype === "webauthn" ? (passkeyCounter(sig) ?? 0) : 0;
    if (key === undefined || counter === 0) return [];
    const signed = signersOf(approval, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
    return signed ? [{ keyid, approval: approvalName(approval), counter }] : [];
  });
}
