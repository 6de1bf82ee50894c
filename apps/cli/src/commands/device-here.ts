// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import { keptEvidence } from "@countersign/updater/evidence";
import { rollback as goBack } from "@countersign/updater/rollback";
import { readTrail } from "@countersign/updater/trail";
import type { Command } from "commander";
import { deviceStatus, type Held } from "../device-status.ts";
import { plain } from "../plain.ts";
import { runInSlot } from "../run-in-slot.ts";
import { table } from "../table.ts";
import { short, trailText } from "../text.ts";
import { verb } from "../verb.ts";
import type { DeviceOptions } from "./device-update.ts";

export function status(command: Command): void {
  command.description("what runs, what it could go back to, and what the device never forgets");
  verb<DeviceOptions>(command, "device status --dir device-1", async ({ dir }) => {
    const read = await deviceStatus(dir);
    if (!read.ok) return read;
    const { running, previous, product, channel, platform, epochFloor, sequenceFloor, witnessedTime, denials, flagged, evidence } =
      read.value;
    const rows = [
      ["device", `${product} for ${platform} on ${channel}`],
      ["running", heldText(running)],
      ["previous", heldText(previous)],
      ["floors", `epoch ${epochFloor}, sequence ${sequenceFloor}`],
      ["witnessed time", witnessedTime === 0 ? "none yet" : new Date(witnessedTime * 1000).toISOString()],
      ["denials known", String(denials)],
      ...(flagged === null ? [] : [["flagged", `what runs was revoked: ${flagged}`]]),
      ...evidence.map((file) => ["evidence", evidenceText(file)]),
    ];
    return accept({ json: read.value, text: table(["", ""], rows).trimStart() });
  });
}

export function explain(command: Command): void {
  command.description("the last attempt, check by check: what was wanted, what was found, and why it ended as it did");
  verb<DeviceOptions>(command, "device explain --dir device-1", async ({ dir }) => {
    const report = await readTrail(dir);
    if (!report.ok) return report;
    const { trail, result, refusal } = report.value;
    const end = refusal === undefined ? result : `${result}: ${refusal.code}. ${plain(refusal.remedy)}`;
    const evidence = await keptEvidence(dir);
    const lines = [trailText(trail), "", end, ...evidence.map((file) => `evidence: ${evidenceText(file)}`)];
    return accept({ json: { ...report.value, evidence }, text: lines.join("\n") });
  });
}

export function rollback(command: Command): void {
  command.description("put the previous version back; the one that is left does not come back by itself");
  verb<DeviceOptions>(command, "device rollback --dir device-1", async ({ dir }) => {
    const gone = await goBack(dir);
    if (!gone.ok) return gone;
    const [from, to] = [gone.value.from, gone.value.to].map(({ version, sequence, epoch, release }) => ({
      version,
      sequence,
      epoch,
      release,
    }));
    return accept({ json: { from, to }, text: `${to?.version} runs again, instead of ${from?.version}` });
  });
}

export function run(command: Command): void {
  command
    .description("run a program of the installed version; its exit code is kept")
    .argument("<program>", "by its path in the release")
    .argument("[args...]", "its arguments")
    .passThroughOptions();
  verb<DeviceOptions>(command, "device run --dir device-1 bin/hello --version", async ({ dir }, _, program = "", ...args) => {
    const ended = await runInSlot(dir, program, args);
    if (!ended.ok) return ended;
    process.exitCode = ended.value;
    return accept(undefined);
  });
}

function evidenceText(file: string): string {
  return `the ledger contradicted itself, or could not be shown not to. Verify it: countersign ledger verify ${file}`;
}

function heldText(held: Held | null): string {
  return held === null ? "nothing" : `${held.version}  sequence ${held.sequence}, epoch ${held.epoch}, release ${short(held.release)}`;
}
