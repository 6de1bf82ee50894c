// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { canonicalBytes, canonicalDigest, type Json } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { people } from "@countersign/trust/founding.test-support";
import { passkeyCounter } from "@countersign/trust/keys/webauthn";
import { type Assertion, type PasskeyPerson, passkeyPerson } from "@countersign/trust/keys/webauthn.test-support";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Approval, approvals } from "@countersign/trust/release/approval";
import { approvalChecks, type EntrySubject } from "@countersign/trust/release/entry-checks";
import { say, statementOf } from "@countersign/trust/simulator.test-support";
import { accepted, ledger, ledgerOf, policy, policyWith, readPolicy, refused, start } from "../scene.ts";
import { textAt, type Vector, type VectorFile } from "../vector.ts";

interface Given {
  readonly policy: unknown;
  readonly statement: unknown;
  /** The proposal, and one approval by a passkey. */
  readonly approvals: unknown;
}

const path = "release/passkey.json";

/** The ECDSA signatures that the file on disk has: they differ each time, and one that fits is as good as a new one. */
const kept: Buffer[] = (JSON.parse(textAt(path)) as readonly Vector<Given>[]).flatMap(({ given }) =>
  (given.approvals as readonly { readonly signatures: readonly { readonly sig: string }[] }[]).flatMap(({ signatures }) =>
    signatures.flatMap(({ sig }) => derIn(Buffer.from(sig, "hex").toString())),
  ),
);

function derIn(assertion: string): readonly Buffer[] {
  const [, signature] = /"signature":"([\w-]+)"/.exec(assertion) ?? [];
  return signature === undefined ? [] : [Buffer.from(signature, "base64url")];
}

function signature(message: Uint8Array, key: KeyObject): Uint8Array {
  const known = kept.find((each) => verify("sha256", message, createPublicKey(key), each));
  const made = known ?? sign("sha256", message, key);
  if (known === undefined) kept.push(made);
  return made;
}

const person = (name: string, origin?: string): PasskeyPerson => passkeyPerson(name, origin, signature);
const statement = statementOf();
const approve: Approval = {
  _type: "approval",
  spec: "countersign/1",
  decision: "approve",
  subject: "release",
  digest: canonicalDigest(statement),
};

/** A channel whose one approver has this passkey. */
function policyFor({ key, keyid }: PasskeyPerson, rules: object = {}, change: object = {}): Policy {
  const holders = { ...policy.holders, [keyid]: { key, holder: "ann", owner: "ann" } };
  return policyWith({ approvers: [keyid], urgent: { soakSeconds: 900, extraApprovals: 0 }, ...rules }, { holders, ...change });
}

async function cases(): Promise<readonly Vector<Given>[]> {
  const proposal = await say(people.carol, "propose", "release", approve.digest);
  const message = canonicalBytes(approve);
  const approvedWith = (sig: Uint8Array, who: PasskeyPerson, by: Policy, signed: Approval = approve): Given => ({
    policy: by,
    statement,
    approvals: [
      { signatures: proposal.signatures, signed: proposal.signed },
      { signatures: [{ keyid: who.keyid, sig: Buffer.from(sig).toString("hex") }], signed },
    ],
  });
  const given = async (change: Partial<Assertion> = {}, over: Uint8Array = message): Promise<Given> => {
    const ann = person("ann");
    return approvedWith(await ann.sign(over, change), ann, policyFor(ann));
  };
  const said = async (signed: Approval, over: Approval = signed): Promise<Given> => {
    const ann = person("ann");
    return approvedWith(await ann.sign(canonicalBytes(over)), ann, policyFor(ann), signed);
  };
  const spelled = async (change: (assertion: string) => string): Promise<Given> => {
    const ann = person("ann");
    return approvedWith(Buffer.from(change(Buffer.from(await ann.sign(message)).toString())), ann, policyFor(ann));
  };
  const held = async (keyval: object, rules: object = {}, change: object = {}): Promise<Given> => {
    const ann = person("ann");
    const key = { ...ann.key, keyval: { ...ann.key.keyval, ...keyval } };
    const keyid = canonicalDigest(key);
    return approvedWith(await ann.sign(message), { ...ann, keyid }, policyFor({ ...ann, key, keyid }, rules, change));
  };
  const not = (description: string, of: Given): Vector<Given> => refused(description, "approvals-missing", of);
  const clientData = (text: string): Partial<Assertion> => ({ clientData: text });
  const challenge = hash("sha256", message, "base64url");
  const good = `{"type":"webauthn.get","challenge":"${challenge}","origin":"http://localhost:7391","crossOrigin":false}`;
  const ann = person("ann");
  return [
    accepted("an approval", await given(), 1),
    accepted("by a passkey that does not count", await given({ counter: 0 }), 0),
    accepted("by a passkey that is backed up", await given({ flags: 0x1d }), 1),
    accepted("with more in its client data", await given({ more: ',"other_keys_can_be_added_here":"yes"' }), 1),
    not("attack: the approval of another release", await said({ ...approve, digest: canonicalDigest("another") })),
    not("attack: the assertion of another release", await said(approve, { ...approve, digest: canonicalDigest("another") })),
    not("attack: the assertion of a proposal", await said(approve, { ...approve, decision: "propose" })),
    not("attack: another page of the same machine", await given({ origin: "http://localhost:7392" })),
    not("attack: a page of the web", await given({ origin: "https://evil.example" })),
    not("attack: another relying party", await given({ rpId: "evil.example" })),
    not("attack: a page inside another's", await given({ crossOrigin: true })),
    not("nobody there", await given({ flags: 0x04 })),
    not("attack: somebody there, and not verified", await given({ flags: 0x01 })),
    not("attested credential data", await given({ flags: 0x45 })),
    not("extensions", await given({ flags: 0x85, extra: Buffer.from([0xa0]) })),
    not("a backup of what cannot be backed up", await given({ flags: 0x15 })),
    not("a registration", await given({ type: "webauthn.create" })),
    not("a payment", await given({ type: "payment.get" })),
    not("a space in its client data", await given(clientData(good.replace(",", ", ")))),
    not("a member before the others in its client data", await given(clientData(good.replace("{", '{"x":0,')))),
    not("client data without its end", await given(clientData(good.slice(0, -1)))),
    not("attack: another's passkey", approvedWith(await person("eve").sign(message), ann, policyFor(ann))),
    not("attack: a bare signature of the message", approvedWith(Buffer.alloc(70, 0x30), ann, policyFor(ann))),
    not(
      "members in another order",
      await spelled((text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))),
    ),
    not("white space", await spelled((text) => text.replace(",", ", "))),
    not("a member more", await spelled((text) => text.replace("}", ',"userHandle":"YW5u"}'))),
    not("padding", await spelled((text) => text.replace('"}', '="}'))),
    not("more than 2048 bytes", await given({ more: `,"x":"${"x".repeat(1600)}"` })),
    refused("another relying party in the key", "malformed-document", await held({ rpId: "approve.example" })),
    refused("a page of the web in the key", "malformed-document", await held({ origin: "https://approve.example" })),
    refused("a page without a port in the key", "malformed-document", await held({ origin: "http://localhost" })),
    refused("a key in another spelling", "malformed-document", await held({ public: ann.key.keyval.public.trimEnd() })),
    refused("a member more in the key", "malformed-document", await held({ user: "ann" })),
    refused("attack: a passkey that revokes", "malformed-document", await held({}, {}, { revokers: { security: ann.keyid } })),
    refused("attack: one passkey for two pages", "malformed-document", twice(await given())),
  ];
}

/** The same policy with the passkey of its approver once more, for another page and another person. */
function twice(given: Given): Given {
  const again = passkeyPerson("ann", "http://localhost:7392");
  const { holders, ...rest } = given.policy as Policy;
  return { ...given, policy: { ...rest, holders: { ...holders, [again.keyid]: { key: again.key, holder: "ben", owner: "ben" } } } };
}

async function answer(given: Given): Promise<Outcome<unknown>> {
  const by = readPolicy(given.policy);
  if (!by.ok) return by;
  const voices = decode(approvals, given.approvals, "approvals");
  const rules = by.value.channels["stable"];
  if (!voices.ok || rules === undefined) return voices.ok ? accept(undefined) : voices;
  const candidate = { body: statement, digest: canonicalDigest(given.statement), approvals: voices.value, proof: "" };
  const subject: EntrySubject = { candidate, policy: by.value, rules, ledger: ledgerOf(ledger), time: start };
  const { outcome } = judge(subject, approvalChecks);
  const last = voices.value.at(-1)?.signatures[0]?.sig ?? "";
  return outcome.ok ? accept(passkeyCounter(last) as Json) : outcome;
}

export const passkeyVectors: VectorFile<Given> = { path, cases, answer };
