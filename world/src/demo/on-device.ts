// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Report } from "@countersign/updater/report";
import type { Programs } from "./programs.ts";
import { currentSlot, deviceRuns, type Scene, StoryStopped } from "./scene.ts";

/** What is only a matter of time: witnessed time moves as the witnesses cosign, and monitors read on. */
const notYet: readonly string[] = ["revocations-stale", "soak-not-over", "not-read-past"];

/** The device passes its gates and installs; it says what it checked. */
export async function deviceInstalls(scene: Scene): Promise<Report> {
  const { narrator } = scene;
  for (;;) {
    const report = await deviceRuns(scene, "install");
    if (report.refusal !== undefined && notYet.includes(report.refusal.code)) {
      narrator.progress(`device: not yet, ${report.refusal.found}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      continue;
    }
    tell(scene, report);
    return report;
  }
}

function tell({ narrator }: Scene, { result, trail, running, offered, refusal }: Report): void {
  const gates = new Set(trail.map(({ gate }) => gate));
  const checks = `${trail.length} checks at ${gates.size} gates`;
  if (result === "installed" && offered !== undefined)
    narrator.say(
      "device",
      `${checks}: installed ${offered.version}${offered.reason === "recalled" ? " because of the recall" : ""}, healthy, confirmed`,
    );
  else if (result === "unwell")
    narrator.say("device", `${checks}: ${offered?.version} is unwell (${refusal?.found}); ${running?.version} runs again, by itself`);
  else narrator.say("device", `${checks}: ${result}${refusal === undefined ? "" : `, ${refusal.code}: ${refusal.found}`}`);
}

/** Runs the installed program, lets it do a piece of its work, and shows what it says. */
export async function runsProgram(scene: Scene, { run, work }: Programs): Promise<void> {
  const [program = ""] = run;
  await runs(scene, run, "");
  if (work !== undefined) await runs(scene, [program, ...work.args], work.input);
}

async function runs(scene: Scene, [program = "", ...args]: readonly string[], input: string): Promise<void> {
  const running = promisify(execFile)(join(currentSlot(scene), program), args, { cwd: currentSlot(scene), timeout: 20_000 });
  running.child.stdin?.on("error", () => undefined); // a program that does not read what it is given is none the worse for it
  running.child.stdin?.end(input);
  const { stdout } = await running;
  const typed = input === "" ? "" : `echo '${input}' | `;
  scene.narrator.say("program", `$ ${typed}current/${[program, ...args].join(" ")}`);
  scene.narrator.detail(stdout.trim().split("\n")[0] ?? "");
}

/** The story goes on only from where it should be. */
export function expectResult(report: Report, result: Report["result"]): void {
  if (report.result !== result)
    throw new StoryStopped(
      `the device was to be ${result}, and is ${report.result}: ${report.refusal?.code ?? ""} ${report.refusal?.found ?? ""}`,
    );
}
