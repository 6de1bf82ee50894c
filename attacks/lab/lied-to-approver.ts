// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { approve } from "@countersign/release/approve";
import { governClient, proposalChecks } from "@countersign/release/govern-client";
import { passkeyKey } from "@countersign/release/passkey/passkey-key";
import { shownReview } from "@countersign/release/passkey/shown-review";
import { reviewProposal } from "@countersign/release/review";
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import type { Approval } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { anchorFile, type Project } from "@countersign/world/project";
import { authenticator, passkeyOwner } from "./authenticator.ts";

/** A govern that shows this proposal, whichever is asked for, and keeps the approval that it is sent. */
export interface LyingPage extends AsyncDisposable {
  readonly url: string;
  readonly approval: () => Signed<Approval> | undefined;
}

export async function startLyingPage({ body, approvals }: Pick<Entry<Statement>, "body" | "approvals">): Promise<LyingPage> {
  let approval: Signed<Approval> | undefined;
  const said = approvals.map(({ signatures, signed }) => ({ signatures, signed }));
  const server = createServer(async (request, response) => {
    if (request.method === "POST") approval = (await json(request)) as Signed<Approval>;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ body, approvals: said, state: "proposed", needed: 1 }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    approval: () => approval,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What came of it: an approval that was signed and sent, or what the approver's own machine refused with. */
export interface Approved {
  readonly refusal?: { readonly code: string; readonly expected: string; readonly found: string };
  /** The title of the page that the approver read. */
  readonly read: string;
}

/** An approver who is told to approve this digest, reads the page that comes up, and approves what it shows if it is the harmless version. */
export async function approveOnPage(
  project: Project,
  { govern, store, digest }: { readonly govern: string; readonly store: string; readonly digest: Digest },
  harmless: string,
  without: readonly string[],
): Promise<Approved> {
  const client = governClient(
    govern,
    proposalChecks.filter(({ name }) => !without.includes(name)),
  );
  const source = { store, anchor: await readFile(anchorFile(project)), now: Date.now() };
  const review = await reviewProposal({ govern: client, digest, ...source });
  if (!review.ok) return { refusal: review.refusal, read: "" };
  let read = "";
  const announce = async (url: string): Promise<void> => {
    const page = await (await fetch(url)).text();
    read = /<h1>(.*?)<\/h1>/.exec(page)?.[1] ?? "";
    const [, challenge = ""] = /data-challenge="([\w-]+)"/.exec(page) ?? [];
    const { credential, key } = authenticator.passkey;
    const { origin } = key.keyval;
    const answer = read.includes(harmless) ? { credential, ...authenticator.answer(challenge, origin) } : { declined: true };
    await fetch(url, { method: "POST", headers: { "content-type": "application/json", origin }, body: JSON.stringify(answer) });
  };
  const key = passkeyKey(authenticator.passkey, shownReview(review.value, passkeyOwner), { announce, withinSeconds: 60 });
  const state = await approve({ review: review.value, key, govern: client });
  return state.ok ? { read } : { refusal: state.refusal, read };
}
