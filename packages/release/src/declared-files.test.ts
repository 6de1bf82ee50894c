// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { declaresItsFiles } from "./declared-files.ts";

test("whoever proposes hears what devices would refuse: a file that the system runs by itself, and no word of it", async () => {
  await using tree = await mkdtempDisposable(join(tmpdir(), "countersign-declared-"));
  await mkdir(join(tree.path, "etc/cron.d"), { recursive: true });
  await symlink("nowhere", join(tree.path, "etc/sudoers")); // packing refuses it by itself
  const code = async (...privileges: readonly string[]) => {
    const outcome = await declaresItsFiles({ privileges }, tree.path);
    return outcome.ok ? "accepted" : `${outcome.refusal.code}: ${outcome.refusal.found}`;
  };
  assert.equal(await code(), "accepted");
  await writeFile(join(tree.path, "etc/cron.d/hello"), "* * * * * root /opt/hello\n");
  assert.equal(await code("network"), 'privilege-undeclared: "etc/cron.d/hello" (cron) takes service');
  assert.equal(await code("network", "service"), "accepted");
});
