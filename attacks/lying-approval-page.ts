// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { documentBytes } from "@countersign/repository/sign-document";
import { canonicalBytes, canonicalDigest } from "@countersign/trust/canonical";
import { readEnvelope, type Signed } from "@countersign/trust/envelope";
import { type Approval, approval as approvalDecoder } from "@countersign/trust/release/approval";
import { voicesOf } from "@countersign/trust/release/entry-checks";
import type { Statement } from "@countersign/trust/release/statement";
import { type Attack, checks, type Strike } from "./lab/attack.ts";
import { authenticator } from "./lab/authenticator.ts";
import { type Base, keyOf, openBase, taken } from "./lab/base.ts";
import { entryOf, nextStatement } from "./lab/forge.ts";
import { approveOnPage, startLyingPage } from "./lab/lied-to-approver.ts";
import { startMirror } from "./lab/mirror.ts";

/** Govern has fallen, and the pipeline that proposes with it. An honest approver is shown a harmless release and asked for a signature over the trojan's digest. */
export const lyingApprovalPage: Attack = {
  name: "lying-approval-page",
  holds: "govern with every page that it shows, and the key that proposes",
  takes: ["govern", "ci"],
  async prepare({ project, stores, trojan }, stack) {
    const base = await openBase(project, stores.oneLater);
    const store = stack.use(await startMirror(stores.oneLater, new Map())).url;
    const harmless: Statement = {
      ...base.last.body,
      version: "1.0.1",
      sequence: base.last.body.sequence + 1,
      predecessor: base.last.digest,
    };
    const shown = await entryOf(harmless, [["propose", await keyOf(project, project.plan.proposer.holder)]], async () => "");
    const wanted = nextStatement(base, trojan, {});
    const digest = canonicalDigest(wanted);
    return [
      {
        does: "shows a harmless release under the digest of the trojan, to an approver who signs what is shown",
        stoppedBy: checks("proposal/digest"),
        async strike(without) {
          await using govern = await startLyingPage(shown);
          const { refusal, read } = await approveOnPage(project, { govern: govern.url, store, digest }, harmless.version, without);
          if (refusal === undefined) return approvedAs(base, wanted, govern.approval(), `who read "${read}"`);
          return {
            succeeded: false,
            check: refusal.code === "digest-mismatch" ? "proposal/digest" : refusal.code,
            at: "the approver's machine",
            evidence: `expected ${refusal.expected}; found ${refusal.found}`,
          };
        },
      },
      {
        does: "shows it on a page of its own, and has the passkey sign the trojan's digest there",
        stoppedBy: [],
        bound: "approvals-missing",
        async strike() {
          const said: Approval = { _type: "approval", spec: "countersign/1", decision: "approve", subject: "release", digest };
          const asked = authenticator.answer(hash("sha256", canonicalBytes(said), "base64url"), "https://govern.example");
          const sig = Buffer.from(canonicalBytes(asked)).toString("hex");
          return approvedAs(base, wanted, { signatures: [{ keyid: authenticator.key.keyid, sig }], signed: said }, "on govern's page");
        },
      },
    ];
  },
};

/** Whether devices and signers would count this as an approval of the trojan. */
function approvedAs({ view }: Base, body: Statement, given: Signed<Approval> | undefined, how: string): Strike {
  const approvals = given === undefined ? [] : [taken(readEnvelope(approvalDecoder, documentBytes(given), "approval"))];
  const { policy } = view;
  const candidate = { body, digest: canonicalDigest(body), approvals, proof: "" };
  const counted = voicesOf({ candidate, policy }, "approve", policy.channels[body.channel]?.approvers ?? []);
  const [owner] = counted.map((keyid) => policy.holders[keyid]?.owner);
  return owner === undefined
    ? { succeeded: false, check: "approvals-missing", at: "every verifier", evidence: "the policy has another origin for this passkey" }
    : { succeeded: true, evidence: `${owner}, ${how}, approved ${body.version} (${candidate.digest.slice(0, 12)})` };
}
