// SPDX-License-Identifier: Apache-2.0
// Saves the second of two states of a trust store, in the device at the path that is given: a process to be killed.

import { saveTrustStore } from "@countersign/updater/trust-store";
import { storeStates } from "./store-states.test-support.ts";

const [directory = ""] = process.argv.slice(2);
const { after } = await storeStates();
await saveTrustStore(directory, after.documents, after.memory);
