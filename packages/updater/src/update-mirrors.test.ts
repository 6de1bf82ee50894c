// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { Published, upToDate } from "./published.test-support.ts";
import type { Report } from "./report.ts";
import { serve, serveSecurely, startProxy } from "./servers.test-support.ts";
import { testAuthority } from "./tls.test-support.ts";
import { update } from "./update.ts";

const published = await Published.lay();
const root = published.files.get("metadata/1.root.json");
const nobody = "http://127.0.0.1:9";
const noSlash = (url: string): string => url.replace(/\/$/, "");

/** Serves the repository, and keeps what it was asked for. */
function mirror(asked: string[], spoil: RequestListener = published.answer): RequestListener {
  return (request, response) => {
    asked.push(request.url ?? "");
    spoil(request, response);
  };
}

async function checks(directory: string): Promise<Report> {
  const report = await update(directory, { until: "check" });
  assert.ok(report.ok);
  return report.value;
}

test("a mirror that is not there is passed over, for the rest of the attempt and at the next one", async () => {
  const asked: string[] = [];
  const good = noSlash(await serve(mirror(asked)));
  await using device = await upToDate(nobody, root, { mirrors: [good] });
  assert.equal((await checks(device.path)).result, "current");
  assert.ok(asked.length > 6);
  const known = JSON.parse(await readFile(join(device.path, "mirrors.json"), "utf8"));
  assert.deepEqual(Object.keys(known), [nobody]);
  assert.equal((await checks(device.path)).result, "current");
});

test("attack: a mirror changes one byte of a document; the device goes on with the next mirror, and asks the first one last from then on", async () => {
  for (const spoiled of [
    "timestamp.json",
    "1.snapshot.json",
    "1.targets.json",
    "policy.json",
    "1.stable.json",
    "tlog-proof",
    "head.json",
  ]) {
    const [bad, good]: [string[], string[]] = [[], []];
    const spoiling = await serve(
      mirror(bad, (request, response) => {
        const bytes = Buffer.from(published.files.get(request.url?.slice(1) ?? "") ?? []);
        if (request.url?.endsWith(spoiled)) bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
        response.writeHead(bytes.length === 0 ? 404 : 200).end(bytes);
      }),
    );
    const honest = await serve(mirror(good));
    await using device = await upToDate(spoiling, root, { mirrors: [noSlash(honest)] });
    const report = await checks(device.path);
    assert.deepEqual([report.result, report.refusal], ["current", undefined], spoiled);
    assert.ok(
      report.trail.some(({ refusal }) => refusal !== undefined),
      "what the first one served stays in the trail",
    );
    const asked = bad.length;
    await checks(device.path);
    assert.equal(bad.length, asked, `${spoiled}: the next attempt begins with the other one`);
  }
});

test("where all mirrors serve what is refused, each is asked once, and the refusal stands", async () => {
  const asked: [string[], string[]] = [[], []];
  const stale = (of: string[]): Promise<string> =>
    serve(
      mirror(of, (request, response) =>
        request.url?.endsWith("timestamp.json") ? response.end("{}") : published.answer(request, response),
      ),
    );
  await using device = await upToDate(await stale(asked[0]), root, { mirrors: [noSlash(await stale(asked[1]))] });
  const report = await checks(device.path);
  assert.deepEqual([report.result, report.refusal?.code], ["refused", "malformed-document"]);
  for (const of of asked) assert.equal(of.filter((path) => path.endsWith("timestamp.json")).length, 1);
});

test("attack: the first mirror keeps the revocation lists back while nothing is new; the device asks the next one, and says whom it did not hear", async () => {
  const hiding: RequestListener = (request, response) =>
    request.url?.endsWith("revocations/latest") ? response.writeHead(404).end() : published.answer(request, response);
  const asked: string[] = [];
  const honest = noSlash(await serve(mirror(asked)));
  await using device = await upToDate(await serve(hiding), root, { mirrors: [honest] });
  const report = await checks(device.path);
  assert.deepEqual([report.result, report.unheard], ["current", undefined]);
  assert.ok(asked.includes("/revocations/latest"));
  await using alone = await upToDate(await serve(hiding), root);
  const unheard = await checks(alone.path);
  assert.deepEqual([unheard.result, unheard.unheard?.code], ["current", "revocations-stale"]);
});

test("what is known of mirrors decides nothing: a damaged file is no knowledge", async () => {
  const good = await serve(published.answer);
  await using device = await upToDate(good, root);
  for (const damage of ["", "{", "[]", '{"http://x":{"failures":-1,"restsUntil":0}}']) {
    await writeFile(join(device.path, "mirrors.json"), damage);
    assert.equal((await checks(device.path)).result, "current", damage);
  }
});

test("a device reaches a repository that asks for authorization, by https of its own authority, through a proxy", async () => {
  const proxy = await startProxy();
  const seen = new Set<string | undefined>();
  const url = noSlash(
    (
      await serveSecurely((request, response) => {
        seen.add(request.headers.authorization);
        published.answer(request, response);
      })
    ).replace("127.0.0.1", "repository.test"),
  );
  const headers = { [url]: { authorization: "Bearer secret" } };
  await using device = await upToDate(url, root, { ca: "ca.pem", headers, proxy: proxy.url });
  const without = await update(device.path, { until: "check" });
  assert.equal(without.ok ? "accepted" : without.refusal.code, "no-certificates");
  await writeFile(join(device.path, "ca.pem"), testAuthority);
  assert.equal((await checks(device.path)).result, "current");
  assert.deepEqual([...seen], ["Bearer secret"]);
  assert.ok(proxy.asked.length > 0 && proxy.asked.every(({ line }) => line.startsWith("CONNECT repository.test:")));
});
