// SPDX-License-Identifier: Apache-2.0
import { Updater } from "tuf-js";
import { Stopwatch } from "./report.ts";

// tuf-js, with its limits of size raised to ours: node tuf-js.ts URL STORE TARGET_PATH, which may be empty

const [, , url = "", store = "", path = ""] = process.argv;
const config = { snapshotMaxLength: 8 * 2 ** 20, targetsMaxLength: 32 * 2 ** 20 };
const updater = new Updater({ metadataDir: store, metadataBaseUrl: `${url}/metadata`, config });
const stopwatch = new Stopwatch();
await stopwatch.step("refresh", () => updater.refresh());
await stopwatch.step("lookup", async () => {
  if (path !== "" && (await updater.getTargetInfo(path)) === undefined) throw new Error(`no ${path}`);
});
stopwatch.report();
