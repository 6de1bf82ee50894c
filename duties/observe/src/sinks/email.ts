// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type Field, parseFields, text, whole } from "@countersign/daemon/config";
import { errorText } from "@countersign/daemon/event";
import { accept, refuse } from "@countersign/trust/refusal";
import { createTransport } from "nodemailer";
import type { OcsfFinding } from "../ocsf.ts";
import type { SinkKind } from "../sink.ts";

/** How it submits mail. `tls`: `implicit` from the first byte (port 465), `starttls` or nothing is sent (port 587), `none` for a relay on this machine. */
interface Email {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  /** Certificates of the authorities that count; those that Node knows where it is null. */
  readonly caFile: string | null;
  /** Who it logs in as, with the password in a file; null where the relay asks nobody. */
  readonly login: { readonly user: string; readonly passwordFile: string } | null;
  readonly from: string;
  readonly to: string;
}

const TIMEOUT_MILLISECONDS = 20_000;

const orNull =
  <T>(field: Field<T>): Field<T | null> =>
  (value) =>
    value === null ? accept(null) : field(value);

const tls: Field<Email["tls"]> = (value) =>
  value === "implicit" || value === "starttls" || value === "none"
    ? accept(value)
    : refuse("config-malformed", "implicit, starttls or none", JSON.stringify(value) ?? "nothing", "correct the configuration file");

const login = orNull<NonNullable<Email["login"]>>((value) => parseFields(value, { user: text, passwordFile: text }));

/** One mail a finding, by SMTP: in words, with the whole finding attached. `Message-ID` is made of its id, so that what comes twice is seen to. */
export const email: SinkKind = {
  kind: "email",
  parse(value) {
    const read = parseFields<Email>(value, { host: text, port: whole(1, 65_535), tls, caFile: orNull(text), login, from: text, to: text });
    if (!read.ok) return read;
    const { host, port, from, to, ...config } = read.value;
    if (config.tls === "none" && config.login !== null)
      return refuse("config-malformed", "a password that is sent over TLS only", "tls none, with a login", "use implicit or starttls");
    return accept({
      async send(finding) {
        try {
          const ca = config.caFile === null ? {} : { ca: await readFile(config.caFile) };
          const auth = config.login && { user: config.login.user, pass: (await readFile(config.login.passwordFile, "utf8")).trim() };
          const transport = createTransport({
            host,
            port,
            secure: config.tls === "implicit",
            requireTLS: config.tls === "starttls",
            ignoreTLS: config.tls === "none",
            tls: ca,
            ...(auth === null ? {} : { auth }),
            connectionTimeout: TIMEOUT_MILLISECONDS,
            greetingTimeout: TIMEOUT_MILLISECONDS,
            socketTimeout: TIMEOUT_MILLISECONDS,
            disableFileAccess: true,
            disableUrlAccess: true,
          });
          await transport.sendMail({ from, to, ...mailOf(finding) });
          return accept(undefined);
        } catch (error) {
          return refuse(
            "smtp-refused",
            `a mail taken by ${host}:${port}`,
            errorText(error),
            "Check the relay, its certificate and the login.",
          );
        }
      },
    });
  },
};

function mailOf(finding: OcsfFinding): {
  subject: string;
  text: string;
  messageId: string;
  attachments: { filename: string; content: string }[];
} {
  const { severity, message, time, finding_info, resources, remediation, metadata } = finding;
  const lines = [
    message,
    `${severity}, found ${new Date(time).toISOString()}: ${resources.map(({ type, name }) => `${type} ${name}`).join(", ")}`,
    finding_info.desc,
    `What to do: ${remediation.desc}`,
    `More: countersign observe explain ${metadata.uid.slice(0, 12)}`,
  ];
  return {
    subject: `[countersign] ${severity}: ${message}`,
    text: `${lines.join("\n\n")}\n`,
    messageId: `<${metadata.uid}@countersign.invalid>`,
    attachments: [{ filename: "finding.json", content: JSON.stringify(finding, null, 2) }],
  };
}
