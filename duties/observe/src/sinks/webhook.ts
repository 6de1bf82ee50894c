// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { exchange } from "@countersign/daemon/client";
import { parseFields, text } from "@countersign/daemon/config";
import { accept, refuse } from "@countersign/trust/refusal";
import type { SinkKind } from "../sink.ts";
import { httpAnswer } from "./http-answer.ts";

/** Where it posts, and the file of the secret with which it signs: `whsec_` and base64, as Standard Webhooks has it. */
interface Webhook {
  readonly url: string;
  readonly secretFile: string;
}

/** Posts each finding as JSON, signed as Standard Webhooks 1.0.0 says. `webhook-id` is the finding's id, so that what comes twice is seen to. */
export const webhook: SinkKind = {
  kind: "webhook",
  parse(value) {
    const read = parseFields<Webhook>(value, { url: text, secretFile: text });
    if (!read.ok) return read;
    const { url, secretFile } = read.value;
    return accept({
      async send(finding, signal) {
        const secret = (await readFile(secretFile, "utf8")).trim();
        if (!isSecret(secret))
          return refuse(
            "webhook-secret",
            "whsec_ and 24 to 64 bytes in base64",
            "something else",
            `Write the receiver's secret into ${secretFile}.`,
          );
        const body = JSON.stringify(finding);
        const signed = webhookHeaders(secret, finding.metadata.uid, Math.floor(Date.now() / 1000), body);
        const headers = { "content-type": "application/json", ...signed };
        return httpAnswer(await exchange(url, { method: "POST", headers, body, signal }), url);
      },
    });
  },
};

/** The three headers of Standard Webhooks: who verifies them knows that this body was sent, at this time, by who has the secret. */
export function webhookHeaders(secret: string, id: string, seconds: number, body: string): Readonly<Record<string, string>> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": `${seconds}`, "webhook-signature": `v1,${signature}` };
}

function isSecret(secret: string): boolean {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ""), "base64").length;
  return secret.startsWith("whsec_") && bytes >= 24 && bytes <= 64;
}
