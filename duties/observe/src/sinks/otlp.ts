// SPDX-License-Identifier: Apache-2.0
import { exchange } from "@countersign/daemon/client";
import { parseFields, text } from "@countersign/daemon/config";
import { accept, refuse } from "@countersign/trust/refusal";
import type { OcsfFinding } from "../ocsf.ts";
import type { SinkKind } from "../sink.ts";
import { httpAnswer } from "./http-answer.ts";

/** OpenTelemetry's severity numbers, by OCSF's: INFO, INFO4, WARN, ERROR, FATAL. */
const severities: Readonly<Record<OcsfFinding["severity_id"], number>> = { 1: 9, 2: 12, 3: 13, 4: 17, 5: 21 };

/** Posts each finding as a log record to a collector (OTLP/HTTP 1.x, JSON), whose base URL is told. */
export const otlp: SinkKind = {
  kind: "otlp",
  parse(value) {
    const read = parseFields<{ readonly url: string }>(value, { url: text });
    if (!read.ok) return read;
    const url = `${read.value.url.replace(/\/$/, "")}/v1/logs`;
    return accept({
      async send(finding, signal) {
        const body = JSON.stringify(logsOf(finding));
        const answer = await exchange(url, { method: "POST", headers: { "content-type": "application/json" }, body, signal });
        const taken = httpAnswer(answer, url);
        if (!taken.ok || !answer.ok || !rejects(answer.value.body)) return taken;
        return refuse(
          "otlp-rejected",
          "a log record that is taken",
          "partialSuccess with rejectedLogRecords",
          "Look into the collector's log.",
        );
      },
    });
  },
};

/** A request of `ExportLogsServiceRequest` with one record: its body is the title, its attribute `ocsf` the whole finding. */
export function logsOf(finding: OcsfFinding): object {
  const nanoseconds = `${BigInt(finding.time) * 1_000_000n}`; // 64-bit integers are texts in the JSON of OTLP
  const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  const record = {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber: severities[finding.severity_id],
    severityText: finding.severity,
    eventName: "countersign.finding",
    body: { stringValue: finding.message },
    attributes: [
      attribute("countersign.finding.id", finding.metadata.uid),
      attribute("countersign.finding.detector", finding.finding_info.analytic.name),
      attribute("ocsf", JSON.stringify(finding)),
    ],
  };
  const { name, version } = finding.metadata.product;
  const resource = { attributes: [attribute("service.name", "countersign-observe"), attribute("service.version", version)] };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name, version }, logRecords: [record] }] }] };
}

/** A collector may say 200 and take nothing. */
function rejects(body: Uint8Array): boolean {
  try {
    return Number(JSON.parse(Buffer.from(body).toString()).partialSuccess?.rejectedLogRecords ?? 0) > 0;
  } catch {
    return false; // an answer without a body rejects nothing
  }
}
