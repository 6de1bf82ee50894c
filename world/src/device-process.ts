// SPDX-License-Identifier: Apache-2.0
import { update } from "@countersign/updater/update";

// The updating device as a process of its own: node device-process.ts DIRECTORY check|install. Its report is one JSON line.

const [directory = "", until] = process.argv.slice(2);
const report = await update(directory, {
  until: until === "install" ? "install" : "check",
  progress: (progress) => void process.send?.(progress),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
if (process.connected) process.disconnect();
