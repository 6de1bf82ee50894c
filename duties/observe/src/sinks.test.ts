// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { codeOf, must } from "@countersign/trust/simulator.test-support";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { parseConfig } from "./config.ts";
import { findingOf } from "./finding.ts";
import { ocsfOf } from "./ocsf.ts";
import type { Sink } from "./sink.ts";
import { webhookHeaders } from "./sinks/webhook.ts";
import { sinkKinds } from "./sinks.ts";

const directory = mkdtempSync(join(tmpdir(), "sinks-"));
after(() => rmSync(directory, { recursive: true }));
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const secretFile = join(directory, "secret");
writeFileSync(secretFile, `${secret}\n`);

const kind = { name: "unapproved-entry", severity: "Critical", title: "A release — published without approvals" } as const;
const finding = ocsfOf(findingOf(kind, { about: ["x"], evidence: { digest: "3f" } }, 1_780_000_000_123));
const signal = AbortSignal.timeout(60_000);
const sinkOf = (kind: string, value: object): Sink => must(sinkKinds.find((each) => each.kind === kind)?.parse(value) ?? assert.fail(kind));

for (const name of ["real", "false"])
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"].concat([
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      join(directory, `${name}.key`),
      "-out",
      join(directory, `${name}.pem`),
    ]),
    { stdio: "ignore" },
  );
const certificate = (name: string) => ({
  key: readFileSync(join(directory, `${name}.key`)),
  cert: readFileSync(join(directory, `${name}.pem`)),
});

/** A receiver over HTTP that answers as it is told. */
async function receiver(status: () => number, answer = "") {
  const taken: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    taken.push({ path: request.url ?? "", headers: request.headers, body: await buffer(request) });
    response.writeHead(status()).end(answer);
  });
  return { taken, url: `http://127.0.0.1:${await listen(server)}` };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("the published example of Standard Webhooks has the signature that this writes", () => {
  const headers = webhookHeaders(
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1_614_265_330,
    '{"test": 2432232314}',
  );
  assert.equal(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("webhook: who has the secret can verify what came, and a change to the body shows", async () => {
  const { taken, url } = await receiver(() => 204);
  assert.equal(codeOf(await sinkOf("webhook", { url, secretFile }).send(finding, signal)), "accepted");
  const [{ headers, body }] = taken as [(typeof taken)[number]];
  assert.deepEqual(JSON.parse(body.toString()), finding);
  assert.equal(headers["webhook-id"], finding.metadata.uid);
  assert.ok(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000) < 60);
  const sign = (text: string) => createHmac("sha256", Buffer.alloc(32, 7)).update(text).digest("base64");
  const said = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  assert.equal(headers["webhook-signature"], `v1,${sign(said)}`);
  assert.notEqual(headers["webhook-signature"], `v1,${sign(said.replace("Critical", "Low"))}`);
});

test("webhook: an answer that is no 2xx, none at all, and a secret that is none are failures", async () => {
  const { url } = await receiver(() => 500);
  assert.equal(codeOf(await sinkOf("webhook", { url, secretFile }).send(finding, signal)), "http-status");
  assert.equal(codeOf(await sinkOf("webhook", { url: "http://127.0.0.1:9", secretFile }).send(finding, signal)), "unreachable");
  const weak = join(directory, "weak");
  writeFileSync(weak, "hunter2");
  assert.equal(codeOf(await sinkOf("webhook", { url, secretFile: weak }).send(finding, signal)), "webhook-secret");
});

test("otlp: a log record as a collector takes it, and one that it rejects with 200 is a failure", async () => {
  const { taken, url } = await receiver(() => 200, "{}");
  assert.equal(codeOf(await sinkOf("otlp", { url: `${url}/` }).send(finding, signal)), "accepted");
  assert.equal(taken[0]?.path, "/v1/logs");
  const { resourceLogs } = JSON.parse(taken[0]?.body.toString() ?? "");
  const [{ logRecords }] = resourceLogs[0].scopeLogs;
  const { timeUnixNano, severityNumber, severityText, body, attributes } = logRecords[0];
  assert.deepEqual([timeUnixNano, severityNumber, severityText], ["1780000000123000000", 21, "Critical"]);
  assert.equal(body.stringValue, finding.message);
  const ocsf = attributes.find(({ key }: { readonly key: string }) => key === "ocsf");
  assert.deepEqual(JSON.parse(ocsf.value.stringValue), finding);
  const full = await receiver(() => 200, JSON.stringify({ partialSuccess: { rejectedLogRecords: "1", errorMessage: "full" } }));
  assert.equal(codeOf(await sinkOf("otlp", { url: full.url }).send(finding, signal)), "otlp-rejected");
});

/** The messages in what a syslog receiver read, by their counts of octets; refused where they do not come out even. */
function messagesIn(stream: Buffer): readonly string[] {
  const messages: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const space = stream.indexOf(" ", at);
    const length = Number(stream.subarray(at, space).toString());
    assert.ok(space > at && Number.isInteger(length) && space + 1 + length <= stream.length);
    messages.push(stream.subarray(space + 1, space + 1 + length).toString());
    at = space + 1 + length;
  }
  return messages;
}

const rfc5424 = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) - \uFEFF(.*)$/s;

test("syslog: RFC 5424 with counted octets, whatever is in the message", async () => {
  const read: Buffer[] = [];
  const port = await listen(createTcpServer({ allowHalfOpen: false }, (socket) => void socket.on("data", (chunk) => read.push(chunk))));
  const sink = sinkOf("syslog", { host: "127.0.0.1", port, caFile: null });
  for (let count = 0; count < 2; count++) assert.equal(codeOf(await sink.send(finding, signal)), "accepted");
  const messages = messagesIn(Buffer.concat(read));
  assert.equal(messages.length, 2);
  const [, priority, time, , app, , id, body = ""] = rfc5424.exec(messages[0] ?? "") ?? [];
  assert.deepEqual([priority, time, app, id], [`${13 * 8 + 2}`, "2026-05-28T20:26:40.123Z", "countersign-observe", "unapproved-entry"]);
  assert.deepEqual(JSON.parse(body), finding);
});

test("syslog over TLS: only to whoever has a certificate of the authority that is named", async () => {
  const read: Buffer[] = [];
  const port = await listen(createTlsServer(certificate("real"), (socket) => void socket.on("data", (chunk) => read.push(chunk))));
  const to = (name: string) => sinkOf("syslog", { host: "localhost", port, caFile: join(directory, `${name}.pem`) });
  assert.equal(codeOf(await to("false").send(finding, signal)), "unreachable");
  assert.equal(codeOf(await to("real").send(finding, signal)), "accepted");
  assert.equal(messagesIn(Buffer.concat(read)).length, 1);
});

/** A relay over STARTTLS that asks who one is, and keeps what it takes. */
async function relay() {
  const taken: { readonly envelope: SMTPServerSession["envelope"]; readonly mail: string }[] = [];
  const server = new SMTPServer({
    ...certificate("real"),
    authMethods: ["PLAIN"],
    onAuth: ({ username, password }, _, done) =>
      done(username === "observe" && password === "pass" ? null : new Error("no"), { user: username }),
    onData(stream, { envelope }, done) {
      void buffer(stream).then((bytes) => {
        taken.push({ envelope, mail: bytes.toString() });
        done();
      });
    },
  });
  server.on("error", () => undefined); // who hangs up on a certificate that is not theirs
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  after(() => server.close());
  return { taken, port: (server.server.address() as AddressInfo).port };
}

test("email: in words with the finding attached, over TLS, to a relay with the certificate that is named, and never in the clear", async () => {
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, "pass\n");
  const { taken, port } = await relay();
  const told = {
    ...{
      host: "localhost",
      port,
      tls: "starttls",
      caFile: join(directory, "real.pem"),
      from: "observe@example.com",
      to: "ops@example.com",
    },
    login: { user: "observe", passwordFile },
  };
  assert.equal(codeOf(await sinkOf("email", told).send(finding, signal)), "accepted");
  const [{ envelope, mail }] = taken as [(typeof taken)[number]];
  assert.deepEqual(
    envelope.rcptTo.map(({ address }) => address),
    ["ops@example.com"],
  );
  assert.match(mail, new RegExp(`^Message-ID:\\s+<${finding.metadata.uid}@`, "m"));
  assert.match(mail, /^Subject: .*Critical/m);
  const [, attached = ""] = /filename=finding\.json[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(mail) ?? [];
  assert.deepEqual(JSON.parse(Buffer.from(attached, "base64").toString()), finding);

  const refused = async (change: object) => codeOf(await sinkOf("email", { ...told, ...change }).send(finding, signal));
  assert.equal(await refused({ caFile: join(directory, "false.pem") }), "smtp-refused");
  assert.equal(await refused({ login: { user: "observe", passwordFile: secretFile } }), "smtp-refused");
  assert.equal(
    codeOf(sinkKinds.find(({ kind }) => kind === "email")?.parse({ ...told, tls: "none" }) ?? assert.fail()),
    "config-malformed",
  );
  assert.equal(taken.length, 1);
});

test("a configuration with a sink of no kind, with a field that nobody reads, or with one name twice is refused", () => {
  const config = { port: 0, store: "s", anchor: "a", findings: "f", pollMilliseconds: 10, silenceSeconds: 1 };
  const hook = { name: "ops", kind: "webhook", least: "High", url: "https://ops.example", secretFile };
  const code = (...sinks: readonly object[]) => codeOf(parseConfig({ ...config, sinks }));
  assert.equal(code(hook, { ...hook, name: "other" }), "accepted");
  assert.equal(code(), "accepted");
  assert.equal(code(hook, hook), "config-malformed");
  assert.equal(code({ ...hook, kind: "pager" }), "config-malformed");
  assert.equal(code({ ...hook, least: "Loud" }), "config-malformed");
  assert.equal(code({ ...hook, retries: 3 }), "config-malformed");
});
