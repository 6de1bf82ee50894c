// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectTls } from "node:tls";
import { type Field, parseFields, text, whole } from "@countersign/daemon/config";
import { errorText } from "@countersign/daemon/event";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { OcsfFinding } from "../ocsf.ts";
import type { SinkKind } from "../sink.ts";

/** Over TLS by the certificates in `caFile`; where that is null over plain TCP, for a relay on this machine. */
interface Syslog {
  readonly host: string;
  readonly port: number;
  readonly caFile: string | null;
}

/** Log audit, of RFC 5424's facilities. */
const FACILITY = 13;

/** RFC 5424's severities, by OCSF's: critical, error, warning, notice, informational. */
const severities: Readonly<Record<OcsfFinding["severity_id"], number>> = { 5: 2, 4: 3, 3: 4, 2: 5, 1: 6 };

const fileOrNull: Field<string | null> = (value) => (value === null ? accept(null) : text(value));

/** One message a finding (RFC 5424), with octet counting (RFC 6587; over TLS RFC 5425). Whoever reads it gives no answer: sent is what the connection took to its end. */
export const syslog: SinkKind = {
  kind: "syslog",
  parse(value) {
    const read = parseFields<Syslog>(value, { host: text, port: whole(1, 65_535), caFile: fileOrNull });
    if (!read.ok) return read;
    const to = read.value;
    return accept({ send: (finding, signal) => deliver(to, syslogFrame(finding, hostname()), signal) });
  },
};

/** A message as it stands on the wire: its length in octets, a space, and itself. */
export function syslogFrame(finding: OcsfFinding, host: string): Buffer {
  const { severity_id, time, finding_info } = finding;
  const printable = (said: string, most: number): string => said.replace(/[^\x21-\x7e]/g, "").slice(0, most) || "-";
  const header = [
    `<${FACILITY * 8 + severities[severity_id]}>1`,
    new Date(time).toISOString(),
    printable(host, 255),
    "countersign-observe",
    "-",
    printable(finding_info.analytic.name, 32),
    "-",
  ];
  const message = Buffer.from(`${header.join(" ")} \uFEFF${JSON.stringify(finding)}`);
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

async function deliver({ host, port, caFile }: Syslog, frame: Buffer, signal: AbortSignal): Promise<Outcome<undefined>> {
  const where = `${host}:${port}`;
  let socket: Socket | undefined;
  try {
    const ca = caFile === null ? undefined : await readFile(caFile);
    socket = ca === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ca, servername: host });
    await once(socket, ca === undefined ? "connect" : "secureConnect", { signal });
    const closed = once(socket, "close", { signal });
    socket.resume().end(frame);
    await closed;
    return accept(undefined);
  } catch (error) {
    return refuse("unreachable", `a syslog receiver at ${where}`, errorText(error), "Check that it is up, and its certificate.");
  } finally {
    socket?.destroy();
  }
}
