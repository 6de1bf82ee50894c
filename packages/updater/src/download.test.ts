// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { download } from "./download.ts";
import { network } from "./network.ts";
import { serve } from "./servers.test-support.ts";
import { type DownloadLimits, type DownloadRequest, streamChecks } from "./stream-checks.ts";

const base = await mkdtemp(join(tmpdir(), "download-"));
after(() => rm(base, { recursive: true }));

const artifact = randomBytes(3_000_000);
const limits: DownloadLimits = { connectSeconds: 600, idleSeconds: 600, totalSeconds: 600, minimumBytesPerSecond: 0 };
const way = network();
after(() => way[Symbol.dispose]());

function wanted(url: string, name: string, bytes: Uint8Array = artifact): DownloadRequest {
  return {
    url,
    file: join(base, name),
    length: bytes.length,
    hashes: { sha256: createHash("sha256").update(bytes).digest("hex") },
    limits,
  };
}

async function codeOf(request: DownloadRequest, checks = streamChecks, signal?: AbortSignal): Promise<string> {
  const outcome = await download(request, checks, way, signal);
  assert.equal(existsSync(request.file), outcome.ok, "the file appears if and only if the download is accepted");
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

function without(name: string): typeof streamChecks {
  const rest = streamChecks.filter((check) => check.name !== name);
  assert.equal(rest.length, streamChecks.length - 1);
  return rest;
}

/** Serves `artifact` as a good static server does, and remembers the ranges asked for. */
function ranged(ranges: (string | undefined)[]): RequestListener {
  return (request, response) => {
    ranges.push(request.headers.range);
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (start > 0) response.writeHead(206, { "content-range": `bytes ${start}-${artifact.length - 1}/${artifact.length}` });
    response.end(artifact.subarray(start));
  };
}

test("what is right arrives whole, private, and with progress up to the end", async () => {
  const reports: number[] = [];
  const request = {
    ...wanted(await serve((_, response) => response.end(artifact)), "right"),
    progress: (received: number) => reports.push(received),
  };
  assert.equal(await codeOf(request), "accepted");
  assert.ok((await readFile(request.file)).equals(artifact));
  assert.equal((await stat(request.file)).mode & 0o777, 0o600);
  assert.equal(reports.at(-1), artifact.length);
  assert.ok(!existsSync(`${request.file}.part`));
});

test("a download killed by SIGKILL is continued from where it was, and the bytes are right", async () => {
  const ranges: (string | undefined)[] = [];
  let half = (): void => assert.fail("not waited for");
  const arrived = new Promise<void>((resolve) => {
    half = resolve;
  });
  const whole = ranged(ranges);
  const url = await serve((request, response) => {
    if (ranges.length > 0) return whole(request, response);
    ranges.push(request.headers.range);
    response.writeHead(200, { "content-length": artifact.length });
    response.write(artifact.subarray(0, 1_500_000), half);
  });
  const request = wanted(url, "killed");
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const { download } = await import(${JSON.stringify(new URL("./download.ts", import.meta.url).href)});
       const { streamChecks } = await import(${JSON.stringify(new URL("./stream-checks.ts", import.meta.url).href)});
       const { network } = await import(${JSON.stringify(new URL("./network.ts", import.meta.url).href)});
       await download(${JSON.stringify(request)}, streamChecks, network());`,
    ],
    { stdio: "inherit" },
  );
  await arrived;
  while ((await stat(`${request.file}.part`)).size < 1_500_000) await sleep(10);
  child.kill("SIGKILL");
  await once(child, "exit");

  assert.equal(await codeOf(request), "accepted");
  assert.deepEqual(ranges, [undefined, `bytes=1500000-${artifact.length - 1}`]);
  assert.ok((await readFile(request.file)).equals(artifact));
});

test("a server that ignores the range, has none or answers another one makes the download start over", async () => {
  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    ignored: (_, response) => response.end(artifact),
    "not satisfiable": (request, response) => (request.headers.range ? response.writeHead(416).end() : response.end(artifact)),
    another: (request, response) => {
      if (request.headers.range) response.writeHead(206, { "content-range": `bytes 5-${artifact.length - 1}/${artifact.length}` });
      response.end(artifact.subarray(request.headers.range ? 5 : 0));
    },
  };
  for (const [name, listener] of Object.entries(answers)) {
    const request = wanted(await serve(listener), `range ${name}`);
    await writeFile(`${request.file}.part`, artifact.subarray(0, 1000));
    assert.equal(await codeOf(request), "accepted", name);
    assert.ok((await readFile(request.file)).equals(artifact), name);
  }
});

test("a part that is whole already needs no server, and one that is too long is dropped", async () => {
  const whole = wanted("http://127.0.0.1:9/", "whole part");
  await writeFile(`${whole.file}.part`, artifact);
  assert.equal(await codeOf(whole), "accepted");
  const long = wanted(await serve(ranged([])), "long part");
  await writeFile(`${long.file}.part`, Buffer.concat([artifact, artifact]));
  assert.equal(await codeOf(long), "accepted");
});

test("a part of other bytes costs one request more: all is fetched again, once", async () => {
  const asked: string[] = [];
  const request = wanted(await serve(ranged(asked)), "poisoned part");
  await writeFile(`${request.file}.part`, randomBytes(1000));
  assert.equal(await codeOf(request), "accepted");
  assert.equal(asked.length, 2);
  const wrong = wanted(await serve(ranged(asked)), "poisoned for good");
  await writeFile(`${wrong.file}.part`, randomBytes(1000));
  assert.equal(await codeOf({ ...wrong, hashes: { sha256: "0".repeat(64) } }), "digest-mismatch");
  assert.equal(asked.length, 4);
});

test("a link planted at the part is not followed", async () => {
  const request = wanted(await serve(ranged([])), "planted");
  const victim = join(base, "victim");
  await writeFile(victim, "untouched");
  await symlink(victim, `${request.file}.part`);
  await assert.rejects(download(request, streamChecks, way), { code: "ELOOP" });
  assert.equal(await readFile(victim, "utf8"), "untouched");
});

test("a target named by sha512 is checked by it, and where both are named, by both", async () => {
  const url = await serve((_, response) => response.end(artifact));
  const { hashes } = wanted(url, "");
  const sha512 = createHash("sha512").update(artifact).digest("hex");
  const wrong = "0".repeat(128);
  assert.equal(await codeOf({ ...wanted(url, "sha512"), hashes: { sha512 } }), "accepted");
  assert.equal(await codeOf({ ...wanted(url, "wrong sha512"), hashes: { sha512: wrong } }), "digest-mismatch");
  assert.equal(await codeOf({ ...wanted(url, "both"), hashes: { ...hashes, sha512 } }), "accepted");
  assert.equal(await codeOf({ ...wanted(url, "one of both"), hashes: { ...hashes, sha512: wrong } }), "digest-mismatch");
  await assert.rejects(download({ ...wanted(url, "no hash"), hashes: {} }, streamChecks, way), RangeError);
});

test("a file that was replaced meanwhile comes whole: its ETag goes with the range, to the server that gave it and to no other", async () => {
  const conditions: unknown[] = [];
  let broken = (): unknown => assert.fail("nothing was sent");
  const server =
    (etag: string): RequestListener =>
    (request, response) => {
      const { range, "if-range": condition } = request.headers;
      conditions.push(condition);
      response.setHeader("etag", etag);
      if (range === undefined) {
        broken = () => response.destroy();
        return void response.writeHead(200, { "content-length": artifact.length }).write(artifact.subarray(0, 1000));
      }
      if (condition !== undefined && condition !== etag) return void response.end(artifact);
      response.writeHead(206, { "content-range": `bytes 1000-${artifact.length - 1}/${artifact.length}` }).end(artifact.subarray(1000));
    };
  let etag = '"one"';
  const url = await serve((request, response) => server(etag)(request, response));
  const other = await serve(server('"other"'));
  for (const [name, then, next] of [
    ["same", url, '"one"'],
    ["replaced", url, '"two"'],
    ["elsewhere", other, '"one"'],
  ] as const) {
    const request = wanted(url, `etag ${name}`);
    etag = '"one"';
    assert.equal(await codeOf({ ...request, progress: () => broken() }), "connection-lost");
    etag = next;
    assert.equal(await codeOf({ ...request, url: then }), "accepted", name);
    assert.ok(!existsSync(`${request.file}.part.source`));
  }
  assert.deepEqual(conditions, [undefined, '"one"', undefined, '"one"', undefined, undefined]);
});

test("endless data: download/length-cap stops it at the first byte too many; without it all of it lands on the disk", async () => {
  let sent = 0;
  const flood = 64_000_000;
  const url = await serve((_, response) => {
    const pour = (): void => {
      while (sent < flood && !response.destroyed) {
        sent += 100_000;
        if (!response.write(Buffer.alloc(100_000))) return void response.once("drain", pour);
      }
      response.end();
    };
    pour();
  });
  const request = { ...wanted(url, "endless"), length: 500_000 };
  assert.equal(await codeOf(request), "length-exceeded");
  assert.ok(sent < flood / 2, `${sent} bytes left the server`);
  assert.ok(!existsSync(`${request.file}.part`));

  sent = 0;
  let landed = 0;
  const progress = (received: number): void => {
    landed = received;
  };
  assert.equal(await codeOf({ ...request, progress }, without("download/length-cap")), "digest-mismatch");
  assert.equal(landed, flood);
});

test("a body that ends too early is refused as short", async () => {
  const url = await serve((_, response) => response.end(artifact.subarray(0, 10)));
  assert.equal(await codeOf(wanted(url, "short")), "length-short");
});

test("wrong bytes: download/digest refuses and deletes them; without it they are accepted", async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(artifact.length)));
  const request = wanted(url, "wrong");
  assert.equal(await codeOf(request), "digest-mismatch");
  assert.ok(!existsSync(`${request.file}.part`));
  assert.equal(await codeOf(request, without("download/digest")), "accepted");
});

test("slow retrieval: download/rate refuses a drip, a silence and a body without end in time; without it the drip wins", async () => {
  const bytes = randomBytes(60);
  const drips = await serve((_, response) => {
    let at = 0;
    const timer = setInterval(() => (at < bytes.length ? response.write(bytes.subarray(at, ++at)) : response.end()), 50);
    response.on("close", () => clearInterval(timer));
  });
  const endless = await serve((_, response) => {
    const timer = setInterval(() => response.write("x"), 50);
    response.on("close", () => clearInterval(timer));
  });
  const silent = await serve((_, response) => response.writeHead(200).write("x"));
  const drip = wanted(drips, "drip", bytes);
  const outcomes = await Promise.all([
    codeOf({ ...drip, limits: { ...limits, minimumBytesPerSecond: 1_000_000 } }),
    codeOf({ ...drip, url: silent, file: `${drip.file}-idle`, limits: { ...limits, idleSeconds: 0.3 } }),
    codeOf({ ...drip, url: endless, file: `${drip.file}-total`, length: 1_000_000, limits: { ...limits, totalSeconds: 0.5 } }),
    codeOf({ ...drip, file: `${drip.file}-unchecked`, limits: { ...limits, minimumBytesPerSecond: 1_000_000 } }, without("download/rate")),
  ]);
  assert.deepEqual(outcomes, ["too-slow", "too-slow", "too-slow", "accepted"]);
  assert.ok(existsSync(`${drip.file}.part`), "a slow link goes on next time");
});

test("what an earlier run had left does not count as speed", () => {
  const rate = streamChecks.find((check) => check.name === "download/rate");
  const running = rate?.begin({ ...wanted("http://127.0.0.1:9/", "speed"), limits: { ...limits, minimumBytesPerSecond: 1000 } });
  assert.equal(running?.chunk(artifact, 1_000_000, 0), undefined);
  assert.equal(running?.chunk(artifact, 1_003_000, 2900), undefined);
  assert.equal(running?.tick?.(1_003_000, 3000), undefined);
  assert.equal(running?.tick?.(1_003_000, 3100)?.code, "too-slow");
});

test("a server that never answers is given up after the time to connect", async () => {
  const request = wanted(await serve(() => undefined), "silent");
  assert.equal(await codeOf({ ...request, limits: { ...limits, connectSeconds: 0.2 } }), "too-slow");
});

test("a broken connection keeps the part, and so do a bad status and the caller's signal", async () => {
  const url = await serve((request, response) => {
    if (request.headers.range) return void response.writeHead(503).end();
    response.writeHead(200, { "content-length": artifact.length });
    response.write(artifact.subarray(0, 100_000));
    arrived = () => response.destroy();
  });
  let arrived = (): unknown => assert.fail("nothing was sent");
  const request = { ...wanted(url, "broken"), progress: () => arrived() };
  assert.equal(await codeOf(request), "connection-lost");
  assert.equal(await codeOf(request), "http-status");
  assert.equal(await codeOf(request, streamChecks, AbortSignal.abort()), "cancelled");
  assert.ok((await stat(`${request.file}.part`)).size > 0);
});

test("a full disk is a refusal and keeps the part", async (context) => {
  const mount = join(base, "small");
  const request = { ...wanted(await serve((_, response) => response.end(artifact)), "small/file") };
  const script = `
    const { download } = await import(${JSON.stringify(new URL("./download.ts", import.meta.url).href)});
    const { streamChecks } = await import(${JSON.stringify(new URL("./stream-checks.ts", import.meta.url).href)});
    const { statSync } = await import("node:fs");
    const { network } = await import(${JSON.stringify(new URL("./network.ts", import.meta.url).href)});
    const outcome = await download(${JSON.stringify(request)}, streamChecks, network());
    console.log(outcome.ok ? "accepted" : outcome.refusal.code, statSync(${JSON.stringify(`${request.file}.part`)}).size > 0);
    process.exit();`;
  const small = 'mkdir -p "$0" && mount -t tmpfs -o size=1m tmpfs "$0"';
  if (spawnSync("unshare", ["-rm", "sh", "-c", small, mount]).status !== 0) return context.skip("needs mount namespaces");
  const child = spawn("unshare", ["-rm", "sh", "-c", `${small} && exec "$1" --input-type=module -e "$2"`, mount, process.execPath, script]);
  const [output] = await once(child.stdout, "data");
  assert.equal(String(output), "disk-full true\n");
});
