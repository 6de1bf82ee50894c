// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { Published, upToDate } from "./published.test-support.ts";
import { serve } from "./servers.test-support.ts";
import { openTrustStore } from "./trust-store.ts";
import { update } from "./update.ts";

test("eight updaters of one device at once: each comes to the same end, one after the other, and the trust store is whole", async () => {
  const published = await Published.lay();
  let dates = false;
  const url = await serve((request, response) => {
    if (dates && request.url?.endsWith("timestamp.json")) void published.date().then(() => published.answer(request, response));
    else published.answer(request, response);
  });
  await using device = await upToDate(url, published.files.get("metadata/1.root.json"));
  assert.ok((await update(device.path, { until: "check" })).ok);
  dates = true;
  const script = `
    const { update } = await import(${JSON.stringify(import.meta.resolve("./update.ts"))});
    const report = await update(${JSON.stringify(device.path)}, { until: "check", waitMilliseconds: 600_000 });
    console.log(report.ok ? JSON.stringify([report.value.result, report.value.healed]) : report.refusal.code);`;
  const ends = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
      const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
      return `${code} ${said.trim()}`;
    }),
  );
  assert.deepEqual(new Set(ends), new Set(['0 ["current",[]]']));
  const store = await openTrustStore(device.path);
  assert.ok(store.ok);
  assert.deepEqual(store.value.healed, []);
  assert.ok((store.value.documents.timestamp?.signed.version ?? 0) >= 8);
});
