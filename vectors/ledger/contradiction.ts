// SPDX-License-Identifier: Apache-2.0
import { decode } from "@countersign/trust/decode";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { contradiction, contradictionOf, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { digestOf, must, type TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, type GivenLedger, ledger, ledgerOf, refused, start } from "../scene.ts";
import type { VectorFile } from "../vector.ts";
import { logOf } from "./cases.ts";

interface GivenContradiction {
  readonly contradiction: object;
  readonly ledger: GivenLedger;
}

type Times = readonly (number | undefined)[];

/** Yields the kind, the sizes of both trees, and the witnesses that lied as well. */
export const contradictionVectors: VectorFile<GivenContradiction> = {
  path: "ledger/contradiction.json",
  async cases() {
    const given = (of: object, by = ledger): GivenContradiction => ({ contradiction: of, ledger: by });
    const both: Times = [start, start];
    const seen = async (log: TestLog, times = both) => must(claimedCheckpoint(await log.note(times), ledgerOf(ledger)));
    /** What two logs show, the smaller of them first, with as many hashes of the larger as that takes. */
    const of = async (smaller: TestLog, larger: TestLog, times = both) => {
      const before = await seen(smaller, times);
      return contradictionOf(before, await seen(larger), await larger.prefix(before.checkpoint.size));
    };
    const forked = (smaller: number, larger: number, ...witnesses: readonly string[]) => ({ kind: "forked", smaller, larger, witnesses });
    const [honest, grown] = [await logOf(5), await logOf(9)];
    const fork = await of(honest, await logOf(9, 2));
    const [hash = ""] = fork.prefix;
    const honestPair = await of(honest, grown);
    return [
      accepted("two trees of one size", given(await of(honest, await logOf(5, 4))), forked(5, 5, "w1", "w2")),
      accepted("a larger tree that begins otherwise", given(fork), forked(5, 9, "w1", "w2")),
      accepted("a smaller size that is a power of two", given(await of(await logOf(4), await logOf(9, 3))), forked(4, 9, "w1", "w2")),
      accepted("the smaller tree is the fork", given(await of(await logOf(5, 2), grown)), forked(5, 9, "w1", "w2")),
      accepted("one witness cosigned both", given(await of(honest, await logOf(9, 2), [start])), forked(5, 9, "w1")),
      accepted("no witness cosigned both", given(await of(honest, await logOf(9, 2), [undefined, undefined, start])), forked(5, 9)),
      accepted("witnesses who cosigned the smaller tree later", given(await of(honest, grown, [start + 60, start])), {
        kind: "rolled-back",
        smaller: 5,
        larger: 9,
        witnesses: ["w1"],
      }),
      refused("an older checkpoint that is served again", "no-contradiction", given(honestPair)),
      refused("one tree twice", "no-contradiction", given(await of(honest, honest))),
      refused("two trees of which nothing is shown", "no-contradiction", given({ ...fork, prefix: [] })),
      refused("attack: hashes in another order", "no-contradiction", given({ ...honestPair, prefix: honestPair.prefix.toReversed() })),
      refused(
        "attack: hashes of no tree",
        "no-contradiction",
        given({ ...honestPair, prefix: honestPair.prefix.map(() => digestOf("x")) }),
      ),
      refused("attack: one hash more", "no-contradiction", given({ ...honestPair, prefix: [...honestPair.prefix, hash] })),
      refused(
        "attack: the larger checkpoint stands as the smaller",
        "no-contradiction",
        given({ ...fork, smaller: fork.larger, larger: fork.smaller }),
      ),
      refused(
        "attack: a checkpoint that the log did not sign",
        "signature-invalid",
        given({ ...fork, larger: fork.larger.replace("\n9\n", "\n8\n") }),
      ),
      refused(
        "attack: the log's signature is taken out",
        "log-signature-missing",
        given({ ...fork, smaller: fork.smaller.replace(/^— log.example .*\n/m, "") }),
      ),
      refused("another ledger's", "checkpoint-origin", given(fork, { ...ledger, log: { ...ledger.log, origin: "other.example" } })),
      refused("a field that is not specified", "malformed-document", given({ ...fork, more: 1 })),
      refused("65 hashes", "malformed-document", given({ ...fork, prefix: Array(65).fill(hash) })),
      refused("a hash in upper case", "malformed-document", given({ ...fork, prefix: [hash.toUpperCase()] })),
    ];
  },
  async answer({ contradiction: of, ledger: given }) {
    const read = decode(contradiction, of, "contradiction");
    return read.ok ? verifyContradiction(read.value, ledgerOf(given)) : read;
  },
};
