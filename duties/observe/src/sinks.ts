// SPDX-License-Identifier: Apache-2.0
import type { SinkKind } from "./sink.ts";
import { email } from "./sinks/email.ts";
import { otlp } from "./sinks/otlp.ts";
import { syslog } from "./sinks/syslog.ts";
import { webhook } from "./sinks/webhook.ts";

/** Every way in which findings leave this machine. Prometheus asks for itself, at `GET /metrics`. */
export const sinkKinds: readonly SinkKind[] = [webhook, email, syslog, otlp];
