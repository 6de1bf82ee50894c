// SPDX-License-Identifier: Apache-2.0
// A preload (`node --import`): kills this process with SIGKILL just before its Nth call that changes the file system, N from CRASH_AT.
// Without CRASH_AT it counts, and leaves the count in the file CRASH_COUNT. The program under test knows nothing of it.
// A sync is none of these calls: the kernel keeps what a killed process gave it, so a kill before a sync leaves what a kill after it leaves.

import { writeFileSync } from "node:fs";
import { constants, type FileHandle, open } from "node:fs/promises";
import { createRequire, syncBuiltinESMExports } from "node:module";

const require = createRequire(import.meta.url);
const promises = require("node:fs/promises") as Record<string, (...args: unknown[]) => unknown>;
const at = Number(process.env["CRASH_AT"] ?? Number.POSITIVE_INFINITY);
const { CRASH_COUNT: countFile } = process.env;
let calls = 0;

function step(): void {
  if (++calls === at) process.kill(process.pid, "SIGKILL");
}

function counted(
  object: Record<string, (...args: unknown[]) => unknown>,
  name: string,
  changes: (args: unknown[]) => boolean = () => true,
): void {
  const original = object[name];
  if (original === undefined) throw new Error(`node has no ${name}`);
  object[name] = function (this: unknown, ...args: unknown[]) {
    if (changes(args)) step();
    return original.apply(this, args);
  };
}

/** Opening for reading changes nothing. */
function opensForWriting([, flags]: unknown[]): boolean {
  return typeof flags === "number"
    ? (flags & (constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT)) !== 0
    : flags !== undefined && flags !== "r";
}

const handle: FileHandle = await open(process.execPath);
const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => unknown>;
await handle.close();
for (const name of ["write", "writev", "writeFile", "appendFile", "truncate", "chmod"]) counted(prototype, name);
counted(promises, "open", opensForWriting);
for (const name of [
  "mkdir",
  "mkdtemp",
  "rename",
  "rm",
  "rmdir",
  "unlink",
  "symlink",
  "link",
  "chmod",
  "truncate",
  "writeFile",
  "appendFile",
  "copyFile",
  "cp",
])
  counted(promises, name);
syncBuiltinESMExports();

if (countFile !== undefined) process.on("exit", () => writeFileSync(countFile, String(calls)));
