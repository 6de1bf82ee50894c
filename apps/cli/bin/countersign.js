#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript, so that a Node that is too old can say so. Installed, the program is beside this file; in a checkout it is
// not built, and the launcher at the root finds a Node that runs its sources.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);

if (existsSync(at("../src/main.ts"))) {
  process.argv.splice(1, 1, at("../../../launch.js"), at("../src/main.ts"));
  await import("../../../launch.js");
} else if (major > 24 || (major === 24 && minor >= 15)) {
  await import("../dist/main.js");
} else {
  console.error(`countersign needs Node 24.15 or later; this is ${process.version}. Get it from https://nodejs.org/en/download`);
  process.exitCode = 1;
}
