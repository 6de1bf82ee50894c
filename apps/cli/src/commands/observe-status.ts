// SPDX-License-Identifier: Apache-2.0
import { hearMonitors } from "@countersign/release/heartbeats";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository } from "@countersign/repository/view";
import { accept, type Refusal } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { askStatus, type ObserverStatus } from "../observer-answers.ts";
import { openSite, type SiteOptions } from "../site.ts";
import { type Cell, table } from "../table.ts";
import { verb } from "../verb.ts";

export function status(command: Command): void {
  command.description("whether this project's observer sees, and whether every monitor of the policy is heard, as anybody can hear it");
  verb<SiteOptions>(command, "observe status", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const { running, source } = site.value;
    const read = readFrom(httpReader(source.store));
    const view = await openRepository(read, source.anchor, source.now);
    if (!view.ok) return view;
    const heard = await hearMonitors(read, view.value, view.value.time);
    const monitors = heard.map(({ monitor, time, outcome }) => ({
      monitor,
      heard: time,
      readThrough: outcome.ok ? outcome.value.readThrough : null,
      refusal: outcome.ok ? null : outcome.refusal,
    }));
    const own = await askStatus(running.observe);
    const rows = monitors.map(({ monitor, heard, readThrough, refusal }): readonly Cell[] => [
      monitor,
      refusal === null ? ["green", "heard"] : ["red", refusal.code],
      heard === 0 ? "never" : new Date(heard * 1000).toISOString(),
      readThrough === null ? "" : `${readThrough}`,
      refusal === null ? "" : `${refusal.found}; ${refusal.remedy}`,
    ]);
    const observer = own.ok
      ? observerText(own.value, source.now)
      : `The observer does not answer: ${own.refusal.found}. ${own.refusal.remedy}`;
    const all = rows.length === 0 ? "The policy names no monitors." : table(["monitor", "state", "last heard", "read", ""], rows);
    return accept({
      json: { observer: own.ok ? own.value : null, refusal: own.ok ? null : own.refusal, monitors },
      text: `${observer}\n\n${all}`,
    });
  });
}

function observerText({ size, readThrough, healthy, looked, blind, sinks, suppressions }: ObserverStatus, now: number): string {
  const seconds = Math.max(0, Math.round((now - looked) / 1000));
  const sees = blind === null ? (healthy ? "It sees." : "Its last look did not read or verify everything.") : `It is blind: ${blind}.`;
  return [
    `${sees} It looked ${looked === 0 ? "never" : `${seconds} s ago`}; ${size} entries of the ledger are verified${readThrough === null ? "" : `, ${readThrough} of them read with all that they name`}.`,
    ...sinks.map(({ name, pending, failures, refusal }) =>
      refusal === null
        ? `Sink ${name}: ${pending} to send.`
        : `Sink ${name} does not take findings: ${reasonOf(refusal)}. ${pending} wait; ${failures} attempts failed.`,
    ),
    ...(suppressions === null ? [] : [`The suppressions do not read, and none holds: ${reasonOf(suppressions)}.`]),
  ].join("\n");
}

function reasonOf({ code, expected, found }: Refusal): string {
  return `${code}, expected ${expected}, found ${found}`;
}
