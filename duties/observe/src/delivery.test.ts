// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { refuse } from "@countersign/trust/refusal";
import { must } from "@countersign/trust/simulator.test-support";
import { Delivery } from "./delivery.ts";
import type { Severity } from "./detector.ts";
import { findingOf } from "./finding.ts";
import { FindingsFile } from "./findings-file.ts";
import { kinds } from "./kinds.ts";
import { metricsText } from "./metrics.ts";
import { Quiet } from "./quiet.ts";
import type { Sink } from "./sink.ts";

const base = mkdtempSync(join(tmpdir(), "delivery-"));
after(() => rmSync(base, { recursive: true }));
const never = new AbortController().signal;

/** A file of findings, a clock, a file of suppressions, and a receiver that keeps what it takes. */
function scene(name: string) {
  const findings = new FindingsFile(join(base, `${name}.jsonl`), kinds);
  const clock = { now: Date.parse("2026-06-01T00:00:00Z") };
  const taken: string[] = [];
  const receiver = { isUp: true };
  const sink: Sink = {
    async send({ message }) {
      if (!receiver.isUp) return refuse("http-status", "status 2xx", "500", "Look into the receiver's log.");
      taken.push(message);
      return { ok: true, value: undefined };
    },
  };
  const suppressions = join(base, `${name}.suppressions`);
  const quiet = new Quiet(suppressions, () => clock.now);
  const suppress = (...list: readonly object[]): void =>
    writeFileSync(suppressions, JSON.stringify({ _type: "suppressions", spec: "countersign/1", suppressions: list }));
  suppress();
  const find = (title: string, severity: Severity = "High", detector = "unapproved-entry"): void =>
    void findings.add([findingOf({ name: detector, severity, title }, { about: [title], evidence: {} }, clock.now)]);
  const open = async (): Promise<Delivery> =>
    must(await Delivery.open({ name, sink, least: "Medium", findings, file: join(base, `${name}.json`), quiet, now: () => clock.now }));
  return { clock, taken, receiver, quiet, suppress, find, open, findings };
}

test("a sink hears of what is found from when it is there, in order, and of nothing that is less severe than it wants", async () => {
  const { taken, find, open } = scene("order");
  find("before");
  const delivery = await open();
  find("one");
  find("little", "Informational");
  find("two", "Critical");
  assert.equal(delivery.status.pending, 2);
  await delivery.go(never);
  assert.deepEqual([taken, delivery.status.pending], [["one", "two"], 0]);
});

test("attack: a receiver that is down is tried again, later and later, is seen to be down, and misses nothing", async () => {
  const { clock, taken, receiver, find, open } = scene("down");
  let delivery = await open();
  receiver.isUp = false;
  find("one");
  find("two");
  let attempts = 0;
  for (let second = 0; second < 60; second++, clock.now += 1000) {
    await delivery.go(never);
    attempts = delivery.status.failures;
  }
  assert.equal(attempts, 6); // at 0, 1, 3, 7, 15 and 31 seconds
  assert.deepEqual([delivery.status.pending, delivery.status.refusal?.code], [2, "http-status"]);
  delivery = await open(); // started again
  receiver.isUp = true;
  await delivery.go(never);
  assert.deepEqual([taken, delivery.status.refusal, delivery.status.pending], [["one", "two"], null, 0]);
  await (await open()).go(never);
  assert.deepEqual(taken, ["one", "two"], "what was taken is not sent again");
});

test("a sink that throws is a sink that failed", async () => {
  const { findings, quiet, find, clock } = scene("throws");
  const sink: Sink = { send: () => Promise.reject(new Error("no such file")) };
  const parts = { name: "x", sink, least: "Low", findings, file: join(base, "throws.x.json"), quiet, now: () => clock.now } as const;
  const delivery = must(await Delivery.open(parts));
  find("one");
  await delivery.go(never);
  assert.deepEqual([delivery.status.refusal?.code, delivery.status.refusal?.found], ["sink-failed", "no such file"]);
});

test("what somebody does not want to hear of is not sent, and speaks again when that has expired", async () => {
  const { clock, taken, quiet, suppress, find, open, findings } = scene("quiet");
  let delivery = await open();
  suppress({ owner: "ann", reason: "a rewrite, looked at", expires: "2026-06-02T00:00:00Z", detector: "package-drift" });
  await quiet.refresh();
  find("drift", "High", "package-drift");
  find("other");
  await delivery.go(never);
  assert.deepEqual([taken, findings.all.length], [["other"], 2], "it is on record all the same");
  clock.now = Date.parse("2026-06-02T00:00:00Z");
  delivery = await open(); // started again
  await delivery.go(never);
  assert.deepEqual(taken, ["other", "drift"]);
  await delivery.go(never);
  assert.equal(taken.length, 2);
});

test("attack: a file of suppressions that is damaged, or of which one has no owner, silences nothing", async () => {
  const { taken, quiet, suppress, find, open } = scene("damaged");
  const delivery = await open();
  const good = { owner: "ann", reason: "looked at", expires: "2026-06-02T00:00:00Z", detector: "unapproved-entry" };
  suppress(good);
  await quiet.refresh();
  assert.equal(
    quiet.of(findingOf({ name: "unapproved-entry", severity: "High", title: "t" }, { about: [], evidence: {} }, 1))?.owner,
    "ann",
  );
  suppress(good, { ...good, owner: undefined });
  await quiet.refresh();
  assert.equal(quiet.refusal?.code, "malformed-document");
  find("one");
  await delivery.go(never);
  assert.deepEqual(taken, ["one"]);
});

test("Prometheus reads findings by severity, what is suppressed, and what each sink lacks", () => {
  const finding = findingOf({ name: "blind", severity: "High", title: "t" }, { about: [], evidence: {} }, 1);
  const status = { size: 7, readThrough: 5, time: 100, healthy: true, looked: 1500, blind: null };
  const text = metricsText({
    status,
    findings: [
      { finding, isSuppressed: false },
      { finding, isSuppressed: true },
    ],
    sinks: [{ name: 'a"b', pending: 2, failures: 3, refusal: null }],
  });
  const line =
    /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? -?\d+(?:\.\d+)?)$/;
  for (const each of text.trimEnd().split("\n")) assert.match(each, line);
  for (const expected of [
    'countersign_observe_findings_total{severity="High",suppressed="false"} 1',
    'countersign_observe_findings_total{severity="High",suppressed="true"} 1',
    "countersign_observe_read_through_entries 5",
    "countersign_observe_look_time_seconds 1.5",
    "countersign_observe_blind 0",
    'countersign_observe_sink_pending{sink="a\\"b"} 2',
  ])
    assert.ok(text.includes(`${expected}\n`), expected);
});
