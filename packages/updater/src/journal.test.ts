// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { clearJournal, type Journal, readJournal, recoveryStep, writeJournal } from "./journal.ts";
import type { Slot } from "./slots.ts";

const base = await mkdtemp(join(tmpdir(), "journal-"));
after(() => rm(base, { recursive: true }));

const started: Journal = {
  phase: "staged",
  release: "00",
  slot: "b",
  previous: "a",
  attempts: 0,
  attemptsAllowed: 2,
};

test("a journal is read as written, and is gone when cleared", async () => {
  const path = join(base, "round-trip");
  assert.deepEqual(await readJournal(path), { ok: true, value: undefined });
  const { previous: _, ...first } = started;
  for (const journal of [started, first]) {
    await writeJournal(path, journal);
    assert.deepEqual(await readJournal(path), { ok: true, value: journal });
  }
  await clearJournal(path);
  assert.deepEqual(await readJournal(path), { ok: true, value: undefined });
});

test("a damaged journal is a refusal, never a crash", async () => {
  const path = join(base, "damaged");
  const parts = [
    { phase: "begun" },
    { slot: "c" },
    { previous: "/" },
    { previous: null },
    { attempts: "0" },
    { attempts: 1.5 },
    { attemptsAllowed: 1e300 },
  ];
  const wrong = parts.map((part) => JSON.stringify({ ...started, ...part }));
  for (const damage of ["", "{", "null", "[]", "\0\0\0\0", ...wrong]) {
    await writeFile(path, damage);
    const outcome = await readJournal(path);
    assert.equal(outcome.ok ? "accepted" : outcome.refusal.code, "journal-damaged", JSON.stringify(damage));
  }
});

test("the step after a crash follows from the record and from what runs", () => {
  const step = (phase: Journal["phase"], current: Slot | undefined, part: Partial<Journal> = {}): string =>
    recoveryStep({ ...started, phase, ...part }, current);
  assert.equal(recoveryStep(undefined, "a"), "nothing");
  assert.equal(step("staged", "a"), "start-over", "nothing was switched yet");
  assert.equal(step("staged", "b"), "check-health", "the crash came after the switch, before its record");
  assert.equal(step("applied", "b"), "check-health");
  assert.equal(step("applied", "b", { attempts: 2 }), "roll-back", "a version that keeps killing its updater");
  assert.equal(step("applied", "a", { attempts: 2 }), "record-rollback");
  assert.equal(step("confirmed", "b"), "finish");
  assert.equal(step("rolled-back", "a"), "finish");
});

test("where record and device contradict each other, it starts over", () => {
  for (const [phase, current] of [
    ["confirmed", "a"],
    ["rolled-back", "b"],
  ] as const) {
    assert.equal(recoveryStep({ ...started, phase }, current), "start-over");
  }
  for (const phase of ["staged", "applied", "confirmed", "rolled-back"] as const) {
    assert.equal(recoveryStep({ ...started, phase }, undefined), "start-over", "the link is gone");
  }
});

/** A device that crashes before its `fatal`-th write after the first, then starts again without crashing, until no install is in progress. */
function installWithCrash(
  fatal: number,
  healthy: boolean,
  first: boolean,
): { runs: Slot | undefined; switched: boolean; trials: number; crashed: boolean } {
  const { previous: _, ...fresh } = started;
  const before = first ? undefined : "a";
  let journal: Journal | undefined = first ? fresh : started;
  let runs: Slot | undefined = before;
  let switched = false;
  let writes = 0;
  let trials = 0;
  const write = (change: () => void): boolean => {
    if (writes++ === fatal) return false;
    change();
    return true;
  };
  const record = (part: Partial<Journal>): boolean => write(() => (journal = journal && { ...journal, ...part }));
  const show = (slot: Slot | undefined): boolean =>
    write(() => {
      runs = slot;
      switched ||= slot === "b";
    });
  const end = (): boolean => write(() => (journal = undefined));
  const take = (): boolean => {
    switch (recoveryStep(journal, runs)) {
      case "check-health": {
        if (!record({ phase: "applied", attempts: (journal?.attempts ?? 0) + 1 })) return false;
        trials++;
        return healthy ? record({ phase: "confirmed" }) : show(before) && record({ phase: "rolled-back" });
      }
      case "roll-back":
        return show(before) && record({ phase: "rolled-back" });
      case "record-rollback":
        return record({ phase: "rolled-back" });
      case "finish":
      case "start-over":
        return end();
      case "nothing":
        return true;
    }
  };
  let crashed = !(show("b") && record({ phase: "applied" }));
  while (journal !== undefined) crashed = !take() || crashed;
  return { runs, switched, trials, crashed };
}

test("a crash before any write ends with the new version if it was switched to and is healthy, else with the old one, and with no more trials than allowed", () => {
  for (const healthy of [true, false]) {
    for (const first of [true, false]) {
      let fatal = 0;
      for (let crashed = true; crashed; fatal++) {
        const end = installWithCrash(fatal, healthy, first);
        assert.equal(end.switched, fatal > 0);
        assert.equal(end.runs, healthy && end.switched ? "b" : first ? undefined : "a", `crash at ${fatal}`);
        assert.ok(end.trials <= started.attemptsAllowed && (end.trials >= 1 || !end.switched));
        crashed = end.crashed;
      }
      assert.ok(fatal > 4);
    }
  }
});
