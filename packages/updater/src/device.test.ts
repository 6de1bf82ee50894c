// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { decode } from "@countersign/trust/decode";
import { createDevice, type DeviceConfig, deviceConfig, networkSettings, openDevice } from "./device.ts";

const base = await mkdtemp(join(tmpdir(), "device-"));
after(() => rm(base, { recursive: true }));

const plain: DeviceConfig = {
  ...{ url: "https://updates.example", product: "hello", platform: "linux-x64", channel: "stable", id: "d" },
  ...{ privileges: [], installer: "directory" as const },
};

test("how the network is reached may be said, and is read back; nothing need be", async () => {
  const reach = {
    mirrors: ["https://one.example/updates", "http://two.example:8080"],
    proxy: "http://user:password@proxy.example:3128",
    ca: "ca.pem",
    headers: { "https://updates.example": { authorization: "Bearer secret" } },
  };
  for (const [name, config] of Object.entries({ plain, reaching: { ...plain, ...reach } })) {
    await createDevice(join(base, name), config, Buffer.of());
    const device = await openDevice(join(base, name));
    assert.deepEqual(device.ok && structuredClone(device.value), { ...config, directory: join(base, name) });
  }
});

test("a device whose headers are a secret is readable to its owner only", async () => {
  await createDevice(join(base, "secret"), { ...plain, headers: { "https://updates.example": { authorization: "x" } } }, Buffer.of());
  assert.equal((await stat(join(base, "secret", "device.json"))).mode & 0o777, 0o600);
});

test("what could be taken for something else is refused", () => {
  const wrong = [
    { mirrors: ["https://one.example/"] },
    { mirrors: ["file://server/updates"] },
    { mirrors: ["file:updates"] },
    { mirrors: ["ftp://one.example"] },
    { mirrors: ["https://one.example", "https://one.example"] },
    { proxy: "proxy.example:3128" },
    { proxy: "socks5://proxy.example" },
    { headers: { "https://updates.example/path": { authorization: "x" } } },
    { headers: { "updates.example": { authorization: "x" } } },
    { headers: { "https://updates.example": { "authorization\r\nhost": "x" } } },
    { headers: { "https://updates.example": { authorization: "x\r\nhost: y" } } },
    { ca: 7 },
    { retries: 3 },
  ];
  for (const change of wrong) assert.equal(decode(deviceConfig, { ...plain, ...change }, "it").ok, false, JSON.stringify(change));
});

test("certificates that are not there are not passed over", async () => {
  const device = { ...plain, directory: base, ca: "ca.pem" };
  const missing = await networkSettings(device);
  assert.equal(missing.ok ? "accepted" : missing.refusal.code, "no-certificates");
  await writeFile(join(base, "ca.pem"), "PEM");
  assert.deepEqual(await networkSettings(device), { ok: true, value: { headers: undefined, proxy: undefined, ca: "PEM" } });
});
