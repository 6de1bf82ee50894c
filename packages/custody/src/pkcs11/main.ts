// SPDX-License-Identifier: Apache-2.0
// The process that a PKCS#11 module runs in: it alone has the PIN and the module's memory, and it signs what its parent sends.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";

const worker = new Worker(new URL(`./worker${extname(import.meta.filename)}`, import.meta.url));
process.title = "countersign-pkcs11";
process.on("message", (request) => worker.postMessage(request));
worker.on("message", (answer) => process.send?.(answer));
worker.on("error", () => end());
// SIGKILL, because a module that hangs lets no thread end
process.once("disconnect", end);
if (!process.connected) end();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined); // the terminal's are for the parent, which ends this

function end(): void {
  process.kill(process.pid, "SIGKILL");
}
