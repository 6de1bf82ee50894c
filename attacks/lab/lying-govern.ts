// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { headPath } from "@countersign/repository/next-channel";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Verdict } from "@countersign/trust/check";
import { headDocument } from "@countersign/trust/release/head";
import { lavishAnswer } from "@countersign/world/lavish-govern";
import type { Strike } from "./attack.ts";
import type { TrojanRelease } from "./trojan-release.ts";

export interface LyingGovern extends AsyncDisposable {
  readonly url: string;
  /** What the first signer said that asked. */
  readonly answer: Promise<Strike>;
}

/** The attacker's own govern: it says that this release was approved, grants whatever it is asked for, and asks for a signature. */
export async function startLyingGovern({ entry, channel }: Pick<TrojanRelease, "entry" | "channel">): Promise<LyingGovern> {
  const { channelFile, head } = channel;
  const id = canonicalDigest(channelFile);
  const request = {
    id,
    channel: head.channel,
    channelFile,
    heads: { [headPath(head)]: headDocument(head) },
    added: entry.digest,
    signatures: [],
    trails: [],
    state: "open",
  };
  const heard = Promise.withResolvers<Strike>();
  const server = createServer(async (asked, response) => {
    const granted = lavishAnswer(asked.method ?? "", asked.url ?? "", head.channel);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(granted ?? (asked.method === "GET" ? { requests: [request] } : { state: "open" })));
    if (asked.method === "POST" && granted === undefined) heard.resolve(strikeOf(asked.url ?? "", await bodyOf(asked)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    answer: heard.promise,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface SignerAnswer {
  readonly signer: string;
  readonly keyid?: string;
  readonly verdicts: readonly Verdict[];
  readonly refusal?: { readonly code: string; readonly expected: string; readonly found: string };
}

async function bodyOf(asked: IncomingMessage): Promise<SignerAnswer> {
  return JSON.parse(await text(asked)) as SignerAnswer;
}

function strikeOf(path: string, { signer, keyid = "", verdicts, refusal }: SignerAnswer): Strike {
  if (path.endsWith("/signatures")) return { succeeded: true, evidence: `${signer} signed it with key ${keyid.slice(0, 8)}` };
  const check = verdicts.findLast((verdict) => verdict.refusal !== undefined)?.check ?? refusal?.code ?? "";
  return { succeeded: false, check, at: `duty sign, ${signer}`, evidence: `expected ${refusal?.expected}; found ${refusal?.found}` };
}
