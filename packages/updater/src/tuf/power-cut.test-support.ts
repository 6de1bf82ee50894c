// SPDX-License-Identifier: Apache-2.0
// Stops the machine under the code that is tested, at any call that changes the file system: that call and all after it fail, those that would tidy
// up too. What is on disk then is what a SIGKILL or a power cut at that moment leaves. Import it before what it is to stop.

import { constants, open } from "node:fs/promises";
import { createRequire, syncBuiltinESMExports } from "node:module";

type Methods = Record<string, (this: unknown, ...args: unknown[]) => unknown>;

let left = Number.POSITIVE_INFINITY;
let made = 0;

/** Lets this many calls happen, and no more. */
export function cutPowerAfter(calls: number): void {
  left = calls;
}

/** Switches the machine on again, and says how many calls there were since the last time. */
export function powerOn(): number {
  const calls = made;
  left = Number.POSITIVE_INFINITY;
  made = 0;
  return calls;
}

function count(object: Methods, name: string, changes: (args: readonly unknown[]) => boolean = () => true): void {
  const original = object[name];
  if (original === undefined) throw new Error(`node has no ${name}`);
  object[name] = function (...args) {
    if (!changes(args)) return original.apply(this, args);
    made++;
    return left-- > 0 ? original.apply(this, args) : Promise.reject(new Error("the power is off"));
  };
}

/** Opening for reading changes nothing. */
function opensForWriting([, flags]: readonly unknown[]): boolean {
  return typeof flags === "number" && (flags & (constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT)) !== 0;
}

const require = createRequire(import.meta.url);
const promises: Methods = require("node:fs/promises");
const file = await open(process.execPath);
const handle: Methods = Object.getPrototypeOf(file);
await file.close();
for (const name of ["write", "writev", "writeFile", "appendFile", "sync", "truncate", "chmod"]) count(handle, name);
for (const name of ["mkdir", "rename", "rm", "unlink", "chmod", "writeFile"]) count(promises, name);
count(promises, "open", opensForWriting);
syncBuiltinESMExports();
