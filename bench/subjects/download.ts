// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { network } from "@countersign/updater/network";
import { TufClient } from "@countersign/updater/tuf/client";
import { must, Stopwatch } from "./report.ts";

// Our client downloads one target: node download.ts URL STORE ROOT_FILE TARGET_PATH DESTINATION

const [, , url = "", directory = "", rootFile = "", path = "", destination = ""] = process.argv;
const root = readFileSync(rootFile);
using net = network();
const client = new TufClient({ directory, metadataUrls: [`${url}/metadata`], targetsUrls: [`${url}/targets`], root, network: net });
must((await client.refresh()).outcome);
const stopwatch = new Stopwatch();
await stopwatch.step("download", async () => must((await client.download(path, destination)).outcome));
stopwatch.report();
