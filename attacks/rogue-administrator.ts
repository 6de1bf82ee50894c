// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { signAct } from "@countersign/release/personal-act";
import { signApproval } from "@countersign/release/sign-approval";
import type { Digest } from "@countersign/trust/digest";
import { type Attack, checks } from "./lab/attack.ts";
import { strikeGovern } from "./lab/fooled-govern.ts";
import { factsOf, inventedAct, recordOf, strikeAuditor, writtenAnew } from "./lab/govern-record.ts";
import { attackersKey } from "./lab/keys.ts";

/** Who runs govern may write what they like into its database, and knows how it is chained. They have no person's key, and the ledger is not theirs. */
export const rogueAdministrator: Attack = {
  name: "rogue-administrator",
  holds: "govern's database and its process, as who runs them, and no key of a person",
  takes: ["govern"],
  async prepare(lab) {
    const { project } = lab;
    const facts = await factsOf(project);
    const record = await recordOf(lab);
    const own = attackersKey();
    const { acts, tables } = record;
    const [row, ...rows] = tables["identities"] ?? [];
    const edited = { acts, tables: { ...tables, identities: [{ ...row, status: "retired" }, ...rows] } };
    const registration = acts.find(({ act, body }) => act === "identity.registered" && body.includes('"certificate"'));
    const last = acts.findLast(({ index, body }) => index !== null && !body.includes('"evidence"'));
    const proposal = acts.find(({ act }) => act === "proposal.proposed")?.subject as Digest;
    const registered = JSON.parse(registration?.body ?? "{}").record;
    if (row === undefined || registration === undefined || last === undefined)
      throw new Error("a world that lived has acts and identities");

    const invented = {
      ...registered,
      name: "backdoor",
      component: "backdoor",
      keyid: null,
      pin: { ...registered.pin, thumbprint: "ad".repeat(32) },
    };
    const { name: _name, ...body } = invented;
    const document = await signAct(own, { act: "identity.register", subject: "backdoor", body, now: Date.now(), nonce: randomBytes(16) });
    const inserted = await writtenAnew([
      ...acts,
      inventedAct(registered.owner, "identity.registered", "backdoor", { record: invented, evidence: document }),
    ]);
    const approval = await signApproval("approve", "release", proposal, own);
    const approved = await writtenAnew([...acts, inventedAct("ben", "approval.given", proposal, { approval })]);
    const cut = await writtenAnew(acts.filter(({ number }) => number < last.number));
    const renamed = { acts: acts.map((act) => (act === registration ? { ...act, who: "nobody" } : act)), tables };
    const rewritten = await writtenAnew(acts.map((act) => (act.number === last.number ? { ...act, time: registration.time } : act)));
    const tries = [
      ["edits a row: an identity is retired that nobody retired", edited, ["record/tables"]],
      ["edits an act: somebody else did it", renamed, ["record/chain", "record/people"]],
      ["cuts off the end of the chain, where the newest acts are", cut, ["record/complete"]],
      ["writes acts anew, chained as they should be, with every table that follows", rewritten, ["record/logged", "record/complete"]],
      ["registers an identity in its owner's name, in chain and tables", inserted, ["record/people"]],
      ["approves a release in a person's name, in chain and tables", approved, ["record/approvals"]],
    ] as const;
    return [
      ...tries.map(([does, forged, names]) => ({
        does,
        stoppedBy: checks(...names),
        strike: (without: readonly string[]) => strikeAuditor(forged, facts, without),
      })),
      {
        does: "asks govern itself to register an identity, with a key of its own",
        stoppedBy: checks("act/person", "act/signature", "register/owner"),
        strike: (without) =>
          strikeGovern(
            lab,
            "/identities",
            document,
            { "not-a-person": "act/person", "signature-invalid": "act/signature", "not-the-owner": "register/owner" },
            without,
          ),
      },
    ];
  },
};
