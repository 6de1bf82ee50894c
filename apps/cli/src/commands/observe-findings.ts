// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "@countersign/observe/detector";
import { kinds } from "@countersign/observe/kinds";
import { ocsfOf, severityIds } from "@countersign/observe/ocsf";
import { accept, refuse } from "@countersign/trust/refusal";
import { type Command, Option } from "commander";
import { findingText, subjectText } from "../finding-text.ts";
import { askFindings, askOcsf } from "../observer-answers.ts";
import { openSite, type SiteOptions } from "../site.ts";
import { type Cell, table } from "../table.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

interface FindingsOptions extends SiteOptions {
  readonly severity: Severity;
  readonly json?: true;
}

const severities = Object.keys(severityIds) as readonly Severity[];
const colours: Readonly<Record<Severity, "red" | "yellow" | "dim">> = {
  Critical: "red",
  High: "red",
  Medium: "yellow",
  Low: "dim",
  Informational: "dim",
};

export function findings(command: Command): void {
  command
    .description("what the observer found, oldest first; with --json as OCSF Detection Findings")
    .addOption(new Option("--severity <least>", "the least severe that is shown").choices(severities).default("Low"));
  verb<FindingsOptions>(command, "observe findings --severity High", async ({ severity: least, json, ...options }) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const { observe } = site.value.running;
    if (json) {
      const ocsf = await askOcsf(observe);
      return ocsf.ok
        ? accept({ json: { findings: ocsf.value.filter(({ severity_id }) => severity_id >= severityIds[least]) }, text: "" })
        : ocsf;
    }
    const found = await askFindings(observe);
    if (!found.ok) return found;
    const shown = found.value.filter(({ severity }) => severityIds[severity] >= severityIds[least]);
    const rows = shown.map(({ id, time, severity, title, suppressed, evidence }): readonly Cell[] => [
      short(id),
      new Date(time).toISOString().slice(0, 19),
      [suppressed === null ? colours[severity] : "dim", severity],
      title,
      subjectText(evidence),
      suppressed === null ? "" : `suppressed until ${suppressed.expires.slice(0, 10)} by ${suppressed.owner}`,
    ]);
    const text =
      rows.length === 0
        ? `Nothing was found that is ${least} or worse.`
        : `${table(["id", "when", "severity", "what", "where", ""], rows)}\n\nNext: countersign observe explain ${rows.at(-1)?.[0] ?? ""}`;
    return accept({ json: {}, text });
  });
}

export function explain(command: Command): void {
  command
    .description("one finding: what it means, its evidence with bits and benign rates, and what to do next")
    .argument("<id>", "the finding, by 8 digits of its id or more");
  verb<SiteOptions>(command, "observe explain 3f9c2a10", async (options, _, written = "") => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const found = await askFindings(site.value.running.observe);
    if (!found.ok) return found;
    const matches = written.length < 8 ? [] : found.value.filter(({ id }) => id.startsWith(written.toLowerCase()));
    const [finding] = matches;
    if (finding === undefined || matches.length > 1)
      return refuse(
        "finding-unknown",
        "one finding, by 8 digits of its id or more",
        `${matches.length} that begin with ${written}`,
        "List them: countersign observe findings --severity Informational",
      );
    const kind = kinds.find(({ name }) => name === finding.detector);
    return accept({ json: ocsfOf(finding, finding.suppressed ?? undefined), text: findingText(finding, kind) });
  });
}
