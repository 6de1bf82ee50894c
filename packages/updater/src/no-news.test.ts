// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { Published, upToDate } from "./published.test-support.ts";
import type { Report } from "./report.ts";
import { serve } from "./servers.test-support.ts";
import { update } from "./update.ts";

async function checks(directory: string): Promise<Report> {
  const report = await update(directory, { until: "check" });
  assert.ok(report.ok);
  assert.deepEqual([report.value.refusal, report.value.result], [undefined, "current"]);
  return report.value;
}

test("a check without news is one round trip: three requests, all sent before the first is answered, and at most 4 KiB both ways", async () => {
  const published = await Published.lay();
  const paths: string[] = [];
  const waiting: (() => void)[] = [];
  const bytes: number[] = [];
  let together = 0;
  const url = await serve((request, response: ServerResponse) => {
    paths.push(request.url ?? "");
    response.on("close", () => bytes.push(request.socket.bytesRead + request.socket.bytesWritten));
    waiting.push(() => published.answer(request, response));
    if (paths.length >= together) for (const answer of waiting.splice(0)) answer();
  });
  await using device = await upToDate(url, published.files.get("metadata/1.root.json"));
  await checks(device.path);
  assert.ok(paths.length > 6, "the first check reads everything");

  await published.date();
  for (const list of [paths, bytes]) list.length = 0;
  together = 3;
  await checks(device.path);
  assert.deepEqual(paths.sort(), ["/metadata/2.root.json", "/metadata/timestamp.json", "/revocations/latest"]);
  const total = bytes.reduce((sum, each) => sum + each, 0);
  assert.ok(total <= 4096, `${total} bytes`);
});
