// SPDX-License-Identifier: Apache-2.0
// What the tests of this duty share: a founded repository with real ledger and witnesses, a publisher in this process, and a govern that says what it is told.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { respondRefusal, serve } from "@countersign/daemon/http";
import { grantsByChannel } from "@countersign/federation/daemon-identity";
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { readFrom } from "@countersign/repository/read-from";
import { readHeads } from "@countersign/repository/read-heads";
import { signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { canonicalDigest } from "@countersign/trust/canonical";
import { refuse } from "@countersign/trust/refusal";
import { type Entry, headDocument } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { identitiesOf } from "@countersign/world/duty-configs";
import { type Ground, layGround } from "@countersign/world/ground";
import { lavishAnswer } from "@countersign/world/lavish-govern";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile } from "@countersign/world/project";
import { enter, sampleStatement } from "@countersign/world/sample-release";
import { type Govern, governAt } from "./govern.ts";
import type { Publisher } from "./publisher.ts";

export const expires = "2090-01-01T00:00:00Z";
const place = { product: "hello", platform: "linux-x64", channel: "stable" };

export interface Scene extends AsyncDisposable {
  readonly directory: string;
  readonly ground: Ground;
  readonly publisher: Publisher;
  /** A govern that grants everything while its windows are open, and what it answers to whoever asks for signed requests. */
  readonly govern: Govern;
  readonly governUrl: string;
  readonly asked: { requests: readonly SigningRequest[]; windows: "open" | "closed" | "closing" };
  /** Paths that were posted to it. */
  readonly told: readonly string[];
  /** The repository as anybody sees it. */
  readonly view: () => Promise<RepositoryView>;
  readonly release: (sequence: number) => Promise<Entry<Statement>>;
  /** What govern would hold once these signers signed the release that follows what is published. */
  readonly signedRequest: (entry: Entry<Statement>, signers: readonly string[]) => Promise<SigningRequest>;
}

export async function setScene(): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), "publish-"));
  const pace = { batchMilliseconds: 10, pollMilliseconds: 50, heartbeatMilliseconds: 300, timestampSeconds: 3600 };
  const ground = await layGround(directory, { ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]), pace });
  const stopping = new AbortController();
  const asked: Scene["asked"] = { requests: [], windows: "open" };
  const told: string[] = [];
  const governUrl = await serve(
    ({ url, method }) => {
      const { pathname } = new URL(url);
      const granted = lavishAnswer(method, pathname, "stable");
      if (granted !== undefined) return Response.json(asked.windows === "closed" ? { windows: [] } : granted);
      if (asked.windows === "closing" && pathname.endsWith("/publications"))
        return respondRefusal(refuse("window-not-open", "an open window", "closed", "").refusal, 403);
      if (method === "POST") told.push(pathname);
      const wire = asked.requests.map((request) => ({
        ...request,
        heads: Object.fromEntries(Object.entries(request.heads).map(([path, head]) => [path, headDocument(head)])),
      }));
      return Response.json({ requests: wire });
    },
    { port: 0 },
    stopping.signal,
  );
  const anchor = readFileSync(anchorFile(ground.project));
  const view = async (): Promise<RepositoryView> => {
    const opened = await openRepository(readFrom(ground.store), anchor, Date.now());
    assert.ok(opened.ok, JSON.stringify(opened));
    return opened.value;
  };
  return {
    directory,
    ground,
    publisher: {
      store: ground.store,
      ledger: ground.ledger,
      anchor,
      snapshotKey: await ground.key("publish-snapshot"),
      timestampKey: await ground.key("publish-timestamp"),
      timestampSeconds: 3600,
      snapshotDays: 30,
      now: Date.now,
    },
    govern: governAt(governUrl, await grantsByChannel(await identitiesOf(ground.project, "publish"), governUrl)),
    governUrl,
    asked,
    told,
    view,
    release: async (sequence) => enter(ground, await sampleStatement(ground, { sequence })),
    signedRequest: async (entry, signers) => {
      const { channels } = await view();
      const published = await readHeads(readFrom(ground.store), channels.get("stable")?.signed);
      assert.ok(published.ok);
      const head = nextHead(published.value.get(headPath(place)), place, entry);
      const channelFile = nextChannel(channels.get("stable")?.signed, new Map([[headPath(place), head]]), expires);
      const { signatures } = await signDocument(channelFile, await Promise.all(signers.map(ground.key)));
      const heads = { [headPath(place)]: head };
      return { id: canonicalDigest(channelFile), channel: "stable", channelFile, heads, added: entry.digest, signatures };
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await ground[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

export function codeOf(outcome: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string {
  return outcome.refusal?.code ?? "ok";
}
