// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import type { Delivery } from "./delivery.ts";
import { metricsText } from "./metrics.ts";
import type { Observer } from "./observer.ts";
import { ocsfOf } from "./ocsf.ts";
import type { Quiet } from "./quiet.ts";

/** What an observer answers: everything that it found, and how its last look went. */
export function routes(observer: Observer, quiet: Quiet, deliveries: readonly Delivery[]): Hono {
  const app = new Hono();
  const sinks = () => deliveries.map(({ status }) => status);

  app.get("/findings", () =>
    Response.json({ findings: observer.findings.map((finding) => ({ ...finding, suppressed: quiet.of(finding) ?? null })) }),
  );

  app.get("/findings/ocsf", () => Response.json(observer.findings.map((finding) => ocsfOf(finding, quiet.of(finding)))));

  app.get("/status", () => Response.json({ ...observer.status, sinks: sinks(), suppressions: quiet.refusal }));

  app.get("/metrics", () => {
    const findings = observer.findings.map((finding) => ({ finding, isSuppressed: quiet.of(finding) !== undefined }));
    const text = metricsText({ status: observer.status, findings, sinks: sinks() });
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
  });

  return app;
}
