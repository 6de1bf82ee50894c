// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { network } from "@countersign/updater/network";
import { TufClient } from "@countersign/updater/tuf/client";
import { must, Stopwatch } from "./report.ts";

// Our plain TUF client: node ours.ts URL STORE ROOT_FILE TARGET_PATH, which may be empty

const [, , url = "", directory = "", rootFile = "", path = ""] = process.argv;
const root = readFileSync(rootFile);
const stopwatch = new Stopwatch();
using net = network();
const client = new TufClient({ directory, metadataUrls: [`${url}/metadata`], root, network: net });
await stopwatch.step("refresh", async () => must((await client.refresh()).outcome));
if (path !== "") await stopwatch.step("lookup", async () => must((await client.lookup(path)).outcome));
stopwatch.report();
