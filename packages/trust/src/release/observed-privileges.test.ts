// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../check.ts";
import { codeOf } from "../simulator.test-support.ts";
import { type ObservedFile, observedPrivilegeChecks } from "./observed-privileges.ts";
import { systemFile } from "./system-file.ts";

/** What takes which privilege by its place alone, wherever in a release it stands. */
const places = {
  service: [
    "usr/lib/systemd/system/agent.service",
    "etc/systemd/system/agent.socket",
    "share/systemd/user/agent.timer",
    "etc/cron.d/agent",
    "etc/cron.daily/agent",
    "etc/crontab",
    "var/spool/cron/root",
    "etc/init.d/agent",
    "etc/rc3.d/S20agent",
    "etc/rc.local",
    "etc/xdg/autostart/agent.desktop",
    "Library/LaunchDaemons/dev.agent.plist",
    "Agent.app/Contents/Library/LaunchAgents/dev.agent.plist",
  ],
  root: [
    "etc/udev/rules.d/99-agent.rules",
    "etc/sudoers",
    "etc/sudoers.d/agent",
    "usr/share/polkit-1/actions/dev.agent.policy",
    "etc/ld.so.preload",
    "etc/ld.so.conf.d/agent.conf",
  ],
  kernel: ["lib/modules/6.12.0/extra/agent.ko", "usr/lib/modules/6.12.0/agent.ko.zst", "Library/Extensions/Agent.kext/Contents/Info.plist"],
} as const;

function observedAt(path: string): ObservedFile {
  const file = systemFile(path);
  assert.equal(file?.certainWith, "", path);
  return { path, role: file.role, privilege: file.privilege };
}

const told = (privileges: readonly string[], ...observed: readonly ObservedFile[]) =>
  judge({ candidate: { privileges }, observed }, observedPrivilegeChecks);

test("attack: a file that the system runs or obeys by its place, in a release that does not declare it", () => {
  for (const [privilege, paths] of Object.entries(places)) {
    for (const path of paths) {
      const file = observedAt(path);
      assert.equal(file.privilege, privilege, path);
      assert.equal(codeOf(told([], file).outcome), "privilege-undeclared", path);
      assert.equal(codeOf(told(["network", "files"], file).outcome), "privilege-undeclared", path);
      assert.equal(codeOf(told(["network", privilege], file).outcome), "accepted", path);
    }
  }
});

test("a driver is one by its first bytes: a language called ko is none", () => {
  assert.deepEqual(systemFile("drivers/agent.ko"), { role: "kernel module", privilege: "kernel", certainWith: "7f454c46" });
  assert.deepEqual(systemFile("drivers/agent.sys"), { role: "kernel module", privilege: "kernel", certainWith: "4d5a" });
});

test("what a name only suggests is never certain, and what no system obeys is nothing at all", () => {
  for (const path of [
    "user.service",
    "svg.path",
    "node_modules/crontab/lib/index.js",
    "locale/app.ko.gz",
    "etc/profile",
    "scripts/postinst",
  ]) {
    const file = systemFile(path);
    assert.ok(file !== undefined && file.certainWith === undefined, path);
  }
  for (const path of [
    "bin/agent",
    "lib/user.service.js",
    "docs/systemd/system/README.md",
    "etc/cron.yaml",
    "etc/agent/sudoers.md",
    "lib/modules/index.js",
  ])
    assert.equal(systemFile(path), undefined, path);
});

test("the trail names the first file of each privilege, and all that is missing stands in the remedy", () => {
  const files = ["etc/cron.d/a", "etc/cron.d/b", "etc/sudoers.d/a"].map(observedAt);
  const [accepted] = told(["root", "service"], ...files).verdicts;
  assert.equal(accepted?.found, '"etc/cron.d/a" (cron) takes service; "etc/sudoers.d/a" (sudoers) takes root; and 1 more');
  assert.equal(told([]).verdicts[0]?.found, "none that the system runs or obeys by itself");
  const { outcome } = told(["service"], ...files);
  assert.ok(!outcome.ok);
  assert.equal(outcome.refusal.found, '"etc/sudoers.d/a" (sudoers) takes root');
  assert.match(outcome.refusal.remedy, /declare root and grant it/);
});
