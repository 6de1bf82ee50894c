// SPDX-License-Identifier: Apache-2.0
// Govern's process as an attacker wishes it: CONFIG [CHECK...] runs the shipped govern without these checks.
import { checksWithout } from "@countersign/govern/govern-checks";
import { runGovern } from "@countersign/govern/run-govern";

runGovern(checksWithout(process.argv.slice(3)));
