// SPDX-License-Identifier: Apache-2.0
import type { DeliveryStatus } from "./delivery.ts";
import type { Severity } from "./detector.ts";
import type { Finding } from "./finding.ts";
import type { Status } from "./observer.ts";
import { severityIds } from "./ocsf.ts";

/** What Prometheus is told. */
export interface Measured {
  readonly status: Status;
  readonly findings: readonly { readonly finding: Finding; readonly isSuppressed: boolean }[];
  readonly sinks: readonly DeliveryStatus[];
}

/** In Prometheus' text exposition format 0.0.4. Alarm on `_blind`, on `_look_time_seconds` that stands still, and on `up`. */
export function metricsText({ status, findings, sinks }: Measured): string {
  const severities = Object.keys(severityIds) as readonly Severity[];
  const count = (severity: Severity, suppressed: boolean): number =>
    findings.filter(({ finding, isSuppressed }) => finding.severity === severity && isSuppressed === suppressed).length;
  const counts = severities.flatMap((severity) =>
    [false, true].map((suppressed) => [{ severity, suppressed: `${suppressed}` }, count(severity, suppressed)] as const),
  );
  const of = (value: number) => [[{}, value] as const];
  return [
    ...metric("findings_total", "counter", "Findings ever made.", counts),
    ...metric("ledger_entries", "gauge", "Entries of the ledger read and verified.", of(status.size)),
    ...(status.readThrough === null
      ? []
      : metric("read_through_entries", "gauge", "Entries read with all that they name.", of(status.readThrough))),
    ...metric("witnessed_time_seconds", "gauge", "Witnessed time of the newest checkpoint read.", of(status.time)),
    ...metric("look_time_seconds", "gauge", "When the last look ended.", of(status.looked / 1000)),
    ...metric("healthy", "gauge", "1 where the last look read and verified everything.", of(Number(status.healthy))),
    ...metric("blind", "gauge", "1 where nothing new was seen for too long.", of(Number(status.blind !== null))),
    ...metric(
      "sink_pending",
      "gauge",
      "Findings that a sink was not sent yet.",
      sinks.map(({ name, pending }) => [{ sink: name }, pending]),
    ),
    ...metric(
      "sink_failures_total",
      "counter",
      "Findings that could not be sent.",
      sinks.map(({ name, failures }) => [{ sink: name }, failures]),
    ),
  ]
    .join("\n")
    .concat("\n");
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function metric(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): readonly string[] {
  const full = `countersign_observe_${name}`;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...samples.map(([labels, value]) => `${full}${labelsText(labels)} ${value}`)];
}

function labelsText(labels: Sample[0]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
