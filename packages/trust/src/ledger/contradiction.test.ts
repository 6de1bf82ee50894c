// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "../canonical.ts";
import { decodeBytes } from "../decode.ts";
import { codeOf, digestOf, ledger, must, TestLog } from "../simulator.test-support.ts";
import { type ClaimedCheckpoint, claimedCheckpoint } from "./checkpoint.ts";
import { contradiction, contradictionOf, verifyContradiction } from "./contradiction.ts";

type Times = readonly (number | undefined)[];

/** A log of so many entries; from `forkedAt` on they are others than everybody else's. */
async function logOf(size: number, forkedAt: number = size): Promise<TestLog> {
  const log = new TestLog();
  for (let at = 0; at < size; at++) await log.append({ type: "targets", digest: digestOf(`${at < forkedAt ? "" : "forked "}${at}`) });
  return log;
}
const seen = async (log: TestLog, times: Times = [1, 1]): Promise<ClaimedCheckpoint> =>
  must(claimedCheckpoint(await log.note(times), ledger));

test("attack: a fork of any size at any place is shown by two checkpoints and hashes of the larger tree, and comes back from its file", async () => {
  for (const [size, forkedAt] of [
    [3, 0],
    [7, 2],
    [8, 7],
    [9, 8],
    [20, 4],
  ] as const)
    for (const other of [forkedAt + 1, size, size + 5]) {
      const [honest, forked] = [await logOf(size), await logOf(other, forkedAt)];
      const larger = size >= other ? honest : forked;
      const prefix = await larger.prefix(Math.min(size, other));
      const shown = contradictionOf(await seen(honest), await seen(forked), prefix);
      const kept = must(decodeBytes(contradiction, servedBytes(shown), "evidence"));
      const verified = must(verifyContradiction(kept, ledger));
      assert.deepEqual([verified.kind, verified.witnesses], ["forked", ["w1", "w2"]], `${size}, ${other} from ${forkedAt}`);
    }
});

test("two trees of one ledger are no contradiction, however their hashes are turned; nor are two that nothing is shown of", async () => {
  for (const [m, n] of [
    [1, 2],
    [4, 9],
    [7, 20],
    [8, 8],
  ] as const) {
    const [before, after] = [await seen(await logOf(m)), await seen(await logOf(n))];
    const prefix = await (await logOf(n)).prefix(m);
    const of = (hashes: readonly Uint8Array[]) => codeOf(verifyContradiction(contradictionOf(before, after, hashes), ledger));
    assert.equal(of(prefix), "no-contradiction");
    assert.equal(of([]), "no-contradiction");
    assert.equal(of(prefix.toReversed()), "no-contradiction");
    assert.equal(of(prefix.map(() => before.checkpoint.root)), "no-contradiction");
  }
  const unshown = contradictionOf(await seen(await logOf(5, 2)), await seen(await logOf(9)));
  assert.equal(codeOf(verifyContradiction(unshown, ledger)), "no-contradiction");
});

test("attack: witnesses who cosign a smaller tree after a larger one are named; an old checkpoint that is served again names nobody", async () => {
  const [small, large] = [await logOf(4), await logOf(6)];
  const kindOf = async (before: Times, after: Times) => {
    const verified = verifyContradiction(contradictionOf(await seen(large, after), await seen(small, before)), ledger);
    return verified.ok ? [verified.value.kind, ...verified.value.witnesses] : [verified.refusal.code];
  };
  assert.deepEqual(await kindOf([300, 100, 300], [200, 200, 200]), ["rolled-back", "w1", "w3"]);
  assert.deepEqual(await kindOf([100, 100, 100], [200, 200, 200]), ["no-contradiction"]);
  assert.deepEqual(await kindOf([300, undefined], [undefined, 200]), ["no-contradiction"], "nobody cosigned both");
});

test("attack: evidence against a log that did not sign it", async () => {
  const [honest, forked] = [await seen(await logOf(5)), await seen(await logOf(5, 2))];
  const altered = contradictionOf(honest, { ...forked, note: honest.note.replace("\n5\n", "\n6\n") });
  assert.equal(codeOf(verifyContradiction(altered, ledger)), "signature-invalid");
  const elsewhere = { ...ledger, origin: "other.example" };
  assert.equal(codeOf(verifyContradiction(contradictionOf(honest, forked), elsewhere)), "checkpoint-origin");
  const [witness] = ledger.witnesses;
  assert.ok(witness);
  const others = { ...ledger, log: { ...witness, name: ledger.log.name, type: 1 as const } };
  assert.equal(codeOf(verifyContradiction(contradictionOf(honest, forked), others)), "log-signature-missing");
});

test("attack: a witness's forged cosignature does not make it one that lied", async () => {
  const [honest, forked] = [await seen(await logOf(5), [1, 1, 1]), await seen(await logOf(5, 2), [1, 1, 1])];
  const broken = forked.note.replace(/(— w2 .{40}).{8}/, "$1AAAAAAAA");
  const verified = must(verifyContradiction(contradictionOf(honest, { ...forked, note: broken }), ledger));
  assert.deepEqual(verified.witnesses, ["w1", "w3"]);
});
