// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { serve } from "@countersign/updater/servers.test-support";
import { TestRepository } from "@countersign/updater/tuf/repository.test-support";
import { countersign, countersignJson } from "./transcript.test-support.ts";

const base = await mkdtemp(join(tmpdir(), "cli-tuf-"));
after(() => rm(base, { recursive: true }));

/** A repository with one target, an empty working directory with its first root in it, and the options that name both. */
async function setUp() {
  const repository = await TestRepository.start();
  repository.addTarget("targets", "dir/tool", "a tool");
  repository.release("targets");
  const cwd = await mkdtemp(join(base, "cwd-"));
  await writeFile(join(cwd, "first.json"), repository.anchor);
  const store = ["--metadata-dir", "trusted"];
  const from = [...store, "--metadata-url", repository.metadataUrl];
  const into = [...from, "--target-base-url", repository.targetsUrl, "--target-dir", "."];
  const tuf = (...args: readonly string[]) => countersign(cwd, "tuf", ...args);
  return { repository, cwd, store, from, into, tuf };
}

test("a transcript: init, refresh, download, and download again", async () => {
  const { cwd, store, from, into, tuf } = await setUp();
  const runs = [
    await tuf("init", "first.json", ...store),
    await tuf("refresh", ...from),
    await tuf("download", ...into, "--target-name", "dir/tool"),
    await tuf("download", ...into, "--target-name", "dir/tool"),
  ];
  assert.deepEqual(
    runs.map(({ code, stdout, stderr }) => `${code}: ${stdout}${stderr}`),
    [
      "0: root 1 is trusted in trusted\nNext: countersign tuf refresh --metadata-dir trusted --metadata-url URL\n",
      "0: root 1, timestamp 2, snapshot 2, targets 2\n",
      "0: downloaded: dir%2Ftool\n1 of 1 targets\n",
      "0: had it already: dir%2Ftool\n1 of 1 targets\n",
    ],
  );
  assert.equal(await readFile(join(cwd, "dir%2Ftool"), "utf8"), "a tool");
});

test("options stand before the verb, after it, or on both sides, and the program is silent about it", async () => {
  const { repository, cwd, store, from, into, tuf } = await setUp();
  assert.equal((await tuf(...store, "init", "first.json")).code, 0);
  assert.deepEqual(JSON.parse((await tuf(...from, "--json", "refresh")).stdout), { root: 1, timestamp: 2, snapshot: 2, targets: 2 });
  assert.equal((await tuf("--metadata-url", "http://127.0.0.1:9/", "refresh", ...from)).code, 0);
  const { stdout, code } = await tuf(...into, "--target-name", "dir/tool", "--target-name", "none", "download");
  assert.deepEqual([code, stdout], [1, "downloaded: dir%2Ftool\n"]);
  assert.ok((await readdir(cwd)).includes("dir%2Ftool"));
  assert.ok(repository.requests.includes("metadata/timestamp.json"));
});

test("with --json the answer is one object, of what is trusted and of what was downloaded", async () => {
  const { cwd, store, from, into } = await setUp();
  assert.deepEqual(await countersignJson(cwd, "tuf", "init", "first.json", ...store), { root: 1 });
  assert.deepEqual(await countersignJson(cwd, "tuf", "refresh", ...from), { root: 1, timestamp: 2, snapshot: 2, targets: 2 });
  const [target] = await countersignJson<Record<string, unknown>[]>(cwd, "tuf", "download", ...into, "--target-name", "dir/tool");
  assert.deepEqual([target?.["path"], target?.["file"], target?.["cached"], target?.["length"]], ["dir/tool", "dir%2Ftool", false, 6]);
});

test("refusals end with code 1 and say what to do; nothing is asked before there is a root", async () => {
  const { repository, store, from, into, tuf } = await setUp();
  const refusals: readonly (readonly [refusal: string, remedy: RegExp, ...args: readonly string[]])[] = [
    ["incomplete", /tuf --help/, "refresh", "--metadata-dir", "trusted"],
    ["incomplete", /tuf --help/, "download", ...from],
    ["no-root", /countersign tuf init ROOT_FILE/, "refresh", ...from],
    ["no-file", /Name another file/, "init", "nothing.json", ...store],
    ["no-file", /--ca/, "refresh", ...from, "--ca", "nothing.pem"],
    ["malformed-time", /Write the time so/, "refresh", ...from, "--offline-until", "tomorrow"],
    ["malformed-header", /Write it so/, "refresh", ...from, "--header", "Authorization"],
    ["malformed-url", /proxy\.example/, "refresh", ...from, "--proxy", "proxy:1"],
    ["no-file", /--map/, "download", ...into, "--map", "nothing.json", "--target-name", "x"],
  ];
  const runs = refusals.map(async ([refusal, remedy, ...args]) => {
    const { code, stdout, stderr } = await tuf(...args);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.match(stderr, new RegExp(`^refused: ${refusal}\n`));
    assert.match(stderr, remedy);
  });
  await Promise.all(runs);
  assert.deepEqual(repository.requests, []);
});

test("--lazy-for does not ask again, --offline-until asks nobody, and without either the repository is asked", async () => {
  const { repository, store, from, tuf } = await setUp();
  await tuf("init", "first.json", ...store);
  assert.equal((await tuf("refresh", ...from)).code, 0);
  repository.requests.length = 0;
  assert.equal((await tuf("refresh", ...from, "--lazy-for", "3600")).code, 0);
  assert.equal((await tuf("refresh", ...from, "--offline-until", "2099-01-01T00:00:00Z")).code, 0);
  assert.deepEqual(repository.requests, []);
  assert.equal((await tuf("refresh", ...from)).code, 0);
  assert.equal(repository.requests.length, 2);
});

test("attack: a mirror is not told the password of the repository", async () => {
  const { store, tuf } = await setUp();
  await tuf("init", "first.json", ...store);
  const heard: unknown[] = [];
  const hear: RequestListener = (request, response) => {
    heard.push(request.headers.authorization);
    response.writeHead(500).end();
  };
  const urls = ["--metadata-url", await serve(hear), "--metadata-url", await serve(hear)];
  const { code, stderr } = await tuf("refresh", ...store, ...urls, "--header", "Authorization: Bearer secret");
  assert.deepEqual([code, stderr.split("\n")[0]], [1, "refused: http-status"]);
  assert.deepEqual(heard, ["Bearer secret", undefined]);
});

test("a map file: a target on which two repositories agree is downloaded, one on which they do not is refused", async () => {
  const [one, two] = [await TestRepository.start(), await TestRepository.start()];
  const cwd = await mkdtemp(join(base, "map-"));
  for (const [name, repository] of Object.entries({ one, two })) {
    repository.addTarget("targets", "same", "same");
    repository.addTarget("targets", "other", `by ${name}`);
    repository.release("targets");
    await writeFile(join(cwd, `${name}.json`), repository.anchor);
    assert.equal((await countersign(cwd, "tuf", "init", `${name}.json`, "--metadata-dir", `trusted/${name}`)).code, 0);
  }
  const mapping = [{ paths: ["*"], repositories: ["one", "two"], threshold: 2, terminating: true }];
  await writeFile(join(cwd, "map.json"), JSON.stringify({ repositories: { one: [one.url], two: [two.url] }, mapping }));
  const options = ["--map", "map.json", "--metadata-dir", "trusted", "--target-dir", "."];
  const refreshed = await countersign(cwd, "tuf", "refresh", "--map", "map.json", "--metadata-dir", "trusted");
  const versions = "root 1, timestamp 2, snapshot 2, targets 2";
  assert.deepEqual(refreshed, { code: 0, stdout: `one: ${versions}\ntwo: ${versions}\n`, stderr: "" });
  assert.equal((await countersign(cwd, "tuf", "download", ...options, "--target-name", "same")).code, 0);
  assert.equal(await readFile(join(cwd, "same"), "utf8"), "same");
  const { code, stderr } = await countersign(cwd, "tuf", "download", ...options, "--target-name", "other");
  assert.deepEqual([code, stderr.split("\n")[0]], [1, "refused: repositories-disagree"]);
});
