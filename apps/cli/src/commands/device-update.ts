// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Progress } from "@countersign/updater/attempt";
import type { Report } from "@countersign/updater/report";
import { type UpdateOptions, update } from "@countersign/updater/update";
import type { Command } from "commander";
import { plain } from "../plain.ts";
import type { Answer, Screen } from "../screen.ts";
import { verb } from "../verb.ts";

export interface DeviceOptions {
  readonly dir: string;
}

export function check(command: Command): void {
  pass(command.description("pass the gates that only read: is there something for this device?"), "check");
}

export function install(command: Command): void {
  pass(command.description("pass all gates: download, install, check health, confirm or roll back"), "install");
}

function pass(command: Command, until: "check" | "install"): void {
  verb<DeviceOptions>(command, `device ${until} --dir device-1`, ({ dir }, screen) => passGates(dir, { until }, screen));
}

/** Lets a device pass its gates, and says how that ended. */
export async function passGates(dir: string, options: Pick<UpdateOptions, "until" | "bundle">, screen: Screen): Promise<Outcome<Answer>> {
  const report = await update(dir, { ...options, progress: (progress) => screen.progress(progressText(progress)) });
  if (!report.ok) return report;
  const { result, refusal, trail } = report.value;
  if (refusal === undefined) return accept({ json: report.value, text: reportText(report.value, dir) });
  const runs = result === "unwell" ? "the version before it runs again" : "what runs stays as it is";
  screen.say(`gate ${trail.at(-1)?.gate} says no; ${runs}. The whole trail: countersign device explain --dir ${dir}`);
  return { ok: false, refusal };
}

function progressText({ gate, name, received, total }: Progress): string {
  return `gate ${gate}: ${name}${received === undefined || total === undefined ? "" : `, ${Math.floor((received / total) * 100)} %`}`;
}

function reportText({ result, running, offered, flagged, unheard, healed, trail }: Report, dir: string): string {
  const said = {
    current: `current: ${running?.version ?? "nothing is installed, and nothing is offered"}`,
    available: `available: ${offered?.version} (${offered?.reason}). Next: countersign device install --dir ${dir}`,
    installed: `installed: ${running?.version}`,
    heard: `heard: ${running?.version ?? "nothing"} runs on; who said no is known up to the time of the bundle`,
    refused: "refused",
    unwell: "unwell",
  }[result];
  return [
    `${said}  (${trail.length} checks)`,
    ...(flagged === undefined ? [] : [`flagged: what runs was revoked: ${plain(flagged.reason)}`]),
    ...(unheard === undefined ? [] : [`unheard: expected ${plain(unheard.expected)}, found ${plain(unheard.found)}`]),
    ...healed.map((what) => `healed: ${plain(what)}`),
  ].join("\n");
}
