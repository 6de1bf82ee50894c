// SPDX-License-Identifier: Apache-2.0
// An approver with a key in a token, as a PIV security key or an HSM holds one, and no browser.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadCryptoki } from "@countersign/custody/pkcs11/cryptoki";
import { softHsm } from "@countersign/custody/pkcs11/softhsm.test-support";
import { demoPlan } from "@countersign/world/demo/demo-plan";
import { foundWorld } from "@countersign/world/found";
import { startWorld } from "@countersign/world/start";
import { ensure } from "../../../tools/outside.ts";
import { readApproverKeys } from "./approver-keys.ts";
import { countersign, countersignJson } from "./transcript.test-support.ts";

const built = loadCryptoki();
const skip = ensure(["softhsm2-util"])[0] ?? (built.ok ? false : `${built.refusal.found}. ${built.refusal.remedy}`);

test("a key in a PKCS#11 token approves without a browser, and the file of the same person does not", {
  skip,
  timeout: 300_000,
}, async () => {
  const base = await mkdtemp(join(tmpdir(), "cli-token-"));
  try {
    const { module, token, pinFile } = softHsm(join(base, "token"), "approvers", "1234");
    const place = ["--custody", "pkcs11", "--module", module, "--token", token, "--label", "alice", "--pin-file", pinFile];
    const made = await countersign(base, "key", "create", "alice.key", ...place, "--owner", "alice", "--purpose", "approve");
    assert.equal(made.code, 0, made.stderr);
    const keys = await readApproverKeys([`alice=${join(base, "alice.key.pub")}`]);
    assert.ok(keys.ok);
    const project = join(base, "project");
    const founded = await foundWorld(project, demoPlan("hello"), { approverKeys: keys.value });
    assert.ok(founded.ok);
    await using _ = await startWorld(founded.value);

    await mkdir(join(base, "1.0.0/bin"), { recursive: true });
    await writeFile(join(base, "1.0.0/bin/hello"), "#!/bin/sh\necho hello 1.0.0\n", { mode: 0o755 });
    const asked = await countersignJson<{ readonly id: string }>(project, "window", "open", "--as", "bob", "--reason", "1.0.0");
    assert.equal((await countersign(project, "window", "approve", asked.id, "--as", "carol")).code, 0);
    const shipped = ["release", "propose", join(base, "1.0.0"), "--version", "1.0.0"];
    const { digest } = await countersignJson<{ readonly digest: string }>(project, ...shipped);

    const approve = ["release", "approve", digest, "--as", "alice", "--yes"];
    const byFile = await countersign(project, ...approve);
    assert.match(byFile.stderr, /^refused: not-an-approver/);
    const byToken = await countersignJson<{ readonly state: string }>(project, ...approve, "--key", join(base, "alice.key"));
    assert.equal(byToken.state, "approved");
  } finally {
    await rm(base, { recursive: true, force: true });
  }
});
