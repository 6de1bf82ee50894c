#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript, because the Node that starts it may be too old for anything else in this repository. It finds
// Node >= 24.15 (the one that runs it, else the one npm installed), puts it first in PATH and hands the command over.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

const [major, minor] = process.versions.node.split(".").map(Number);

function node24() {
  if (major > 24 || (major === 24 && minor >= 15)) return process.execPath;
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    console.error(`countersign needs Node 24.15 or later; this is ${process.version}. Get it from https://nodejs.org/en/download`);
    process.exit(1);
  }
}

// "@countersign/source" makes workspaces resolve to their TypeScript; an installed package has none and ignores it.
const node = node24();
const modules = join(import.meta.dirname ?? ".", "node_modules");
const child = spawn(node, process.argv.slice(2), {
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: dirname(node) + delimiter + join(modules, ".bin") + delimiter + process.env.PATH,
    // a world starts twenty processes that all strip the same types: compiled once, each starts in half of the time
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, ".cache", "compile"),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, "--conditions=@countersign/source"].filter(Boolean).join(" "),
  },
});
process.on("SIGINT", () => undefined); // the terminal has already sent it to the child
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 128 + (signal === "SIGINT" ? 2 : 15) : code));
