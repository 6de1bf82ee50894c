// SPDX-License-Identifier: Apache-2.0
import type { Entry } from "@countersign/tlog/entry";
import { parseTlogProof } from "@countersign/tlog/proof";
import { signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { judge } from "@countersign/trust/check";
import { claimedCheckpoint, cosignedCheck, inclusionTime, ledgerSizeCheck, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { loggedCheck, publicSince } from "@countersign/trust/ledger/inclusion";
import { accept } from "@countersign/trust/refusal";
import { digestOf, must, TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, cosigned, type GivenLedger, ledger, ledgerOf, refused, start } from "../scene.ts";
import type { VectorFile } from "../vector.ts";

interface GivenCheckpoint {
  readonly note: string;
  readonly ledger: GivenLedger;
  /** The note that was verified before; null where there was none. */
  readonly remembered: string | null;
}

/** A log that another one is followed by, with all three witnesses. */
const next = {
  origin: "next.example",
  vkey: formatVkey("next.example", 1, signerFromSeed(Buffer.alloc(32, 9), "next.example", 1).publicKey),
};

/** A log of so many entries; from `forkedAt` on they are others than everybody else's. */
export async function logOf(entries: number, forkedAt: number = entries): Promise<TestLog> {
  const log = new TestLog();
  for (let index = 0; index < entries; index++)
    await log.append({ type: "root", digest: digestOf(`${index < forkedAt ? "entry" : "another"} ${index}`) });
  return log;
}

/** Yields the size, the witnessed time, and since when an entry that stands under it is public. */
export const checkpointVectors: VectorFile<GivenCheckpoint> = {
  path: "ledger/checkpoint.json",
  async cases() {
    const [one, two, fork] = [await logOf(1), await logOf(2), await logOf(2, 0)];
    const given = (note: string, remembered: string | null = null, by = ledger): GivenCheckpoint => ({ note, ledger: by, remembered });
    const all = [start, start, start];
    const late = 253_402_300_800; // 10000-01-01T00:00:00Z
    const note = await two.note(all);
    const said = (size: number, time: number, since: number) => ({ size, time, since });
    const altered = note.replace(/(?<=w1 .{20})./, (character) => (character === "A" ? "B" : "A"));
    return [
      accepted("three witnesses agree", given(note), said(2, start, start)),
      accepted("two of three are enough", given(await two.note([start, undefined, start + 5])), said(2, start, start + 5)),
      accepted("attack: one witness claims a later time", given(await two.note([start, start, start + 9999])), said(2, start, start)),
      accepted("attack: one witness claims an earlier time", given(await two.note([start, start + 5, 1])), said(2, start, start)),
      accepted("attack: of two witnesses one claims an earlier time", given(await two.note([start, undefined, 1])), said(2, 1, start)),
      accepted("the ledger has grown", given(note, await one.note(all)), said(2, start, start)),
      accepted(
        "attack: one witness claims a time after the year 9999",
        given(await two.note([start, start + 5, late])),
        said(2, start, start + 5),
      ),
      accepted("a cosignature of nobody who is known", given(await cosigned(note, "somebody", start)), said(2, start, start)),
      refused("one witness", "witness-quorum-missing", given(await two.note([start]))),
      refused("attack: one witness twice", "witness-quorum-missing", given(await cosigned(await two.note([start]), "w1", start + 5))),
      refused("attack: the log's signature is taken out", "log-signature-missing", given(note.replace(/^— log.example .*\n/m, ""))),
      refused("no note", "note-malformed", given(note.replace("\n\n", "\n"))),
      refused("attack: a root hash in another spelling", "checkpoint-malformed", given(note.replace("=\n\n", "\n\n"))),
      refused("a cosignature that claims no time", "witness-quorum-missing", given(await two.note([start, 0]))),
      refused(
        "three are asked for",
        "witness-quorum-missing",
        given(await two.note([start, start]), null, { ...ledger, witnessQuorum: 3 }),
      ),
      refused("attack: a cosignature was altered", "signature-invalid", given(altered)),
      refused(
        "attack: another ledger",
        "checkpoint-origin",
        given(note, null, { ...ledger, log: { ...ledger.log, origin: "other.example" } }),
      ),
      refused("attack: the ledger shrank", "ledger-rolled-back", given(await one.note(all), note)),
      refused("attack: another ledger of the same size", "ledger-forked", given(await fork.note(all), note)),
    ];
  },
  async answer({ note, ledger: given, remembered }) {
    const trust = ledgerOf(given);
    const claimed = claimedCheckpoint(note, trust);
    if (!claimed.ok) return claimed;
    const before = remembered === null ? undefined : must(claimedCheckpoint(remembered, trust)).checkpoint;
    const checks = [cosignedCheck("checkpoint"), ledgerSizeCheck("checkpoint")];
    const { outcome } = judge({ candidate: claimed.value, ledger: trust, remembered: before }, checks);
    if (!outcome.ok) return outcome;
    const { checkpoint } = outcome.value;
    const time = witnessedTime(outcome.value, trust.quorum);
    return accept({ size: checkpoint.size, time, since: inclusionTime(outcome.value, trust.quorum) });
  },
};

interface GivenProof {
  readonly proof: string;
  readonly entry: Entry;
  readonly ledger: GivenLedger;
}

/** Yields the index of the entry, and since when it is public. */
export const proofVectors: VectorFile<GivenProof> = {
  path: "ledger/proof.json",
  async cases() {
    const log = await logOf(5);
    const approvals = digestOf("approvals");
    const channel: Entry = { type: "channel", digest: digestOf("channel") };
    const release: Entry = { type: "release", digest: digestOf("release"), approvals };
    const after: Entry = { type: "channel", digest: digestOf("after the end") };
    const [plain, approved] = [await log.prove(channel, [start, start]), await log.prove(release, [start, start])];
    const given = (proof: string, entry: Entry): GivenProof => ({ proof, entry, ledger });
    const unproven = "inclusion-unproven";
    const over = async (last: string) => {
      const { root, size } = must(claimedCheckpoint(last, ledgerOf(ledger))).checkpoint;
      const { log, ...old } = ledger;
      return {
        ...ledger,
        log: next,
        witnessQuorum: 3,
        formerLogs: [{ ...log, ...old, final: { size, root: Buffer.from(root).toString("hex") } }],
      };
    };
    const atTheEnd = await over(await log.note([start, start]));
    return [
      accepted("a channel file", given(plain, channel), { index: 5, since: start }),
      accepted("a release entry, with its approvals", given(approved, release), { index: 6, since: start }),
      refused("attack: another digest", unproven, given(plain, { ...channel, digest: digestOf("other") })),
      refused("attack: another type", unproven, given(plain, { ...channel, type: "targets" })),
      refused("attack: other approvals", unproven, given(approved, { ...release, approvals: digestOf("others") })),
      refused("attack: an order with the digest of a release", unproven, given(approved, { ...release, type: "order" })),
      refused("attack: another place", unproven, given(plain.replace("index 5", "index 4"), channel)),
      refused("one witness", "witness-quorum-missing", given(await log.prove(channel, [start]), channel)),
      accepted("a line that means nothing", given(plain.replace("index", "extra AA==\nindex"), channel), { index: 5, since: start }),
      refused("attack: a place beyond the tree", unproven, given(plain.replace("index 5", "index 6"), channel)),
      refused("attack: one hash more", unproven, given(plain.replace("\n\n", `\n${"A".repeat(43)}=\n\n`), channel)),
      accepted("an entry of a log that is over", { proof: plain, entry: channel, ledger: atTheEnd }, { index: 5, since: start }),
      accepted("and under its last tree", { proof: approved, entry: release, ledger: atTheEnd }, { index: 6, since: start }),
      refused("attack: the old key extends a log that is over", "log-closed", {
        proof: await log.prove(after, [start, start]),
        entry: after,
        ledger: atTheEnd,
      }),
      refused("attack: the old key rewrites its last tree", "log-closed", {
        proof: approved,
        entry: release,
        ledger: await over(await (await logOf(7)).note([start, start])),
      }),
      refused("64 hashes", "proof-malformed", given(plain.replace("\n\n", `${`\n${"A".repeat(43)}=`.repeat(62)}\n\n`), channel)),
      refused("no proof", "proof-malformed", given("", channel)),
    ];
  },
  async answer({ proof, entry, ledger: given }) {
    const trust = ledgerOf(given);
    const { outcome } = judge({ candidate: entry, proof, ledger: trust }, [loggedCheck("entry")]);
    if (!outcome.ok) return outcome;
    return accept({ index: must(parseTlogProof(proof)).index, since: must(publicSince(proof, trust)) });
  },
};
