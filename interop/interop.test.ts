// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryServer } from "@countersign/distribute/server";
import { features, featuresFile } from "./feature.ts";
import { forgeries } from "./forgeries.ts";
import type { Implementation } from "./implementation.ts";
import { countersign } from "./implementations/countersign.ts";
import { tufJs } from "./implementations/tuf-js.ts";

for (const [writer, reader] of [
  [countersign, tufJs],
  [tufJs, countersign],
  [countersign, countersign],
] as const)
  test(`${reader.name} reads what ${writer.name} writes, feature by feature, and refuses what was forged on the way`, async () => {
    const answers = await meet(writer, reader);
    const forged = ["forged-target", "forged-targets-role", "forged-timestamp", "forged-signature"];
    assert.deepEqual(
      answers.filter(({ feature, ok }) => ok === forged.includes(feature)),
      [],
    );
    assert.equal(answers.length, features.length + forged.length);
  });

async function meet(writer: Implementation, reader: Implementation): ReturnType<Implementation["read"]> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-interop-test-"));
  const server = repositoryServer(join(directory, "site"));
  try {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const written = await writer.write(features, featuresFile, join(directory, "site"));
    assert.deepEqual(
      written.filter(({ ok }) => !ok),
      [],
    );
    const listed = [...features, ...forgeries(join(directory, "site"))];
    return await reader.read({ features: listed, featuresFile, directory: join(directory, "site"), url }, join(directory, "work"));
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}
