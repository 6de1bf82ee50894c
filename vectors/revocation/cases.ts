// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { envelope } from "@countersign/trust/envelope";
import { people } from "@countersign/trust/founding.test-support";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { accept } from "@countersign/trust/refusal";
import { approvalName } from "@countersign/trust/release/approval";
import { head } from "@countersign/trust/release/head";
import { type DenialSubject, denialChecks, listChecks, listTime } from "@countersign/trust/revocation/checks";
import { type Denial, denialDigest, type RevocationList, revocationList } from "@countersign/trust/revocation/list";
import { digestOf, signDocument, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import {
  accepted,
  approvedBy,
  found,
  type GivenLedger,
  headOf,
  ledger,
  ledgerOf,
  policy,
  readPolicy,
  refused,
  served,
  start,
} from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

const { alice, builder, revoker } = people;
const log = new TestLog();
const release = await approvedBy(statementOf(), log, start, alice);
const [, byAlice] = release.approvals;
if (byAlice === undefined) throw new Error("Alice approved it");
const note = await log.note([start, start, start]);
const no: Denial = { kind: "release", name: release.digest, since: start, until: null, reason: "malware" };

interface GivenList {
  readonly list: unknown;
  readonly policy: unknown;
  readonly ledger: GivenLedger;
}

export const listVectors: VectorFile<GivenList> = {
  path: "revocation/list.json",
  async cases() {
    const list: RevocationList = {
      ...{ _type: "revocations", spec: "countersign/1", revoker: "security", version: 7 },
      ...{ checkpoint: note, seen: { [alice.keyid]: 3 }, denials: [no] },
    };
    const given = (of: unknown): GivenList => ({ list: of, policy, ledger });
    const signed = async (change: object = {}, by = revoker): Promise<GivenList> => given(await signDocument({ ...list, ...change }, by));
    const bad = async (description: string, change: object): Promise<Vector<GivenList>> =>
      refused(description, "malformed-document", await signed(change));
    const { signatures } = await signDocument(list, revoker);
    return [
      accepted("one denial, dated by its checkpoint", await signed(), start),
      accepted("nothing is denied", await signed({ denials: [] }), start),
      accepted("one witness claims a later time", await signed({ checkpoint: await log.note([start, start, start + 9999]) }), start),
      refused("attack: signed by another key", "revoker-not-trusted", await signed({}, alice)),
      refused("attack: a revoker whom the policy does not name", "revoker-not-trusted", await signed({ revoker: "nobody" })),
      refused("attack: a denial is taken out", "revoker-not-trusted", given({ signatures, signed: { ...list, denials: [] } })),
      refused("too few witnesses cosigned its checkpoint", "witness-quorum-missing", await signed({ checkpoint: await log.note([start]) })),
      await bad("attack: a denial of a root key", { denials: [{ ...no, kind: "root" }] }),
      await bad("a denial that does not say since when", { denials: [{ ...no, since: undefined }] }),
      accepted("a brake", await signed({ denials: [{ ...no, until: start + 259_200, brake: "brake-watch" }] }), start),
      await bad("a brake of nobody", { denials: [{ ...no, brake: "" }] }),
      await bad("a reason of 501 characters", { denials: [{ ...no, reason: "x".repeat(501) }] }),
      accepted(
        "a reason of 250 characters that are two UTF-16 units each",
        await signed({ denials: [{ ...no, reason: "\u{1f600}".repeat(250) }] }),
        start,
      ),
      await bad("a reason of 251 of them", { denials: [{ ...no, reason: "\u{1f600}".repeat(251) }] }),
      refused("a checkpoint that is none", "note-malformed", await signed({ checkpoint: "" })),
      await bad("version 0", { version: 0 }),
      await bad("a list that does not say what it saw", { seen: undefined }),
      refused("something beside the signatures", "malformed-document", given({ ...(await signDocument(list, revoker)), more: 1 })),
    ];
  },
  async answer(given) {
    const read = decode(envelope(revocationList), given.list, "list");
    if (!read.ok) return read;
    const by = readPolicy(given.policy);
    if (!by.ok) return by;
    const trust = ledgerOf(given.ledger);
    const checkpoint = claimedCheckpoint(read.value.signed.checkpoint, trust);
    if (!checkpoint.ok) return checkpoint;
    const { outcome } = judge({ candidate: read.value, policy: by.value, ledger: trust, checkpoint: checkpoint.value }, listChecks);
    return outcome.ok ? accept(listTime(checkpoint.value, trust)) : outcome;
  },
};

interface GivenDenials
  extends Pick<
    DenialSubject,
    | "denials"
    | "time"
    | "now"
    | "builders"
    | "payloads"
    | "commits"
    | "known"
    | "served"
    | "soakEnd"
    | "freshRevokers"
    | "revocationSeconds"
  > {
  /** Its last release is judged. */
  readonly head: unknown;
  readonly policy: unknown;
  /** Digests of the denials that lifts answered. */
  readonly lifted: readonly Digest[];
}

export const denialVectors: VectorFile<GivenDenials> = {
  path: "revocation/denials.json",
  async cases() {
    const [own, other] = [revoker.keyid, alice.keyid];
    const by = { ...policy, revokers: { security: own, people: other } };
    const end = start + 3600;
    const given = (change: Partial<GivenDenials> = {}): GivenDenials => ({
      head: served(headOf([release])),
      policy: by,
      denials: [],
      lifted: [],
      time: end,
      now: end,
      builders: [builder.keyid],
      payloads: [digestOf("what the provenance says")],
      commits: ["0".repeat(40)],
      known: { [own]: { version: 5, time: end }, [other]: { version: 7, time: end - 1 } },
      served: { [own]: { version: 5, seen: {} }, [other]: { version: 7, seen: {} } },
      soakEnd: end,
      freshRevokers: 1,
      revocationSeconds: 86_400,
      ...change,
    });
    const only = { served: { [own]: { version: 5, seen: {} } }, known: { [own]: { version: 5, time: end } } };
    const oneOwner = { ...by, holders: { ...by.holders, [own]: { key: revoker.key, holder: "security", owner: "alice" } } };
    const denied = (...denials: readonly Denial[]): GivenDenials => given({ denials });
    return [
      accepted("one revoker is heard after the soak, and nobody said no", given()),
      accepted("two of them", given({ freshRevokers: 2, soakEnd: end - 1 })),
      refused("one of two was heard only before the soak ended", "revocations-stale", given({ freshRevokers: 2 })),
      refused("attack: two revokers of one owner", "revocations-stale", given({ freshRevokers: 2, soakEnd: end - 1, policy: oneOwner })),
      accepted("a list of the greatest age", given({ now: end + 86_400 })),
      refused("attack: an old list hides a later revocation", "revocations-stale", given({ now: end + 86_401 })),
      refused("nobody was heard", "revocations-stale", given({ known: {}, served: {} })),
      refused("attack: a list that was heard before is left out", "revocations-withheld", given({ served: only.served })),
      refused(
        "attack: an older list in its place",
        "revocations-withheld",
        given({ served: { ...only.served, [other]: { version: 6, seen: {} } } }),
      ),
      accepted("a revoker of whom nobody has heard", given(only)),
      refused(
        "attack: of whom another revoker has heard",
        "revocations-withheld",
        given({ ...only, served: { [own]: { version: 5, seen: { [other]: 1 } } } }),
      ),
      accepted(
        "what somebody who revokes nothing here has seen",
        given({ ...only, served: { ...only.served, [builder.keyid]: { version: 1, seen: { [other]: 1 } } } }),
      ),
      accepted("an order that halts waits for nobody", given({ freshRevokers: 0, known: {}, served: {} })),
      refused("the release is denied", "revoked", denied(no)),
      refused("its build", "revoked", denied({ ...no, kind: "build", name: digestOf("provenance") })),
      refused("its builder", "revoked", denied({ ...no, kind: "builder", name: builder.keyid })),
      refused("what its provenance says", "revoked", denied({ ...no, kind: "build", name: digestOf("what the provenance says") })),
      refused("an approval of it", "revoked", denied({ ...no, kind: "approval", name: approvalName(byAlice) })),
      accepted("a name with the approval's signature in it", denied({ ...no, kind: "approval", name: byAlice.digest })),
      accepted("another release", denied({ ...no, name: digestOf("another") })),
      accepted("a name of another kind", denied({ ...no, kind: "build" })),
      refused("a hold, in its last second", "revoked", denied({ ...no, until: end + 1 })),
      accepted("a hold that has ended", denied({ ...no, until: end })),
      refused("a brake, in its last second", "revoked", denied({ ...no, until: end + 1, brake: "brake-watch" })),
      accepted("a brake that has lapsed", denied({ ...no, until: end, brake: "brake-watch" })),
      refused("one that a person confirmed", "revoked", denied({ ...no, until: end, brake: "brake-watch" }, no)),
      accepted("a denial that a lift answered", given({ denials: [no], lifted: [denialDigest(no)] })),
      refused(
        "attack: the same words, said again",
        "revoked",
        given({ denials: [no, { ...no, since: start + 1 }], lifted: [denialDigest(no)] }),
      ),
    ];
  },
  async answer({ lifted, ...given }) {
    const read = decode(head, given.head, "head");
    if (!read.ok) return read;
    const by = readPolicy(given.policy);
    if (!by.ok) return by;
    const candidate = found(read.value.releases.at(-1), "a release");
    if (!candidate.ok) return candidate;
    const subject = { ...given, candidate: candidate.value, policy: by.value, lifted: new Set(lifted) };
    return judge<DenialSubject>(subject, denialChecks).outcome;
  },
};
