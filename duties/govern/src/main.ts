// SPDX-License-Identifier: Apache-2.0
import { governChecks } from "./govern-checks.ts";
import { runGovern } from "./run-govern.ts";

runGovern(governChecks);
