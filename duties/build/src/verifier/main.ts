// SPDX-License-Identifier: Apache-2.0
import { bundleChecks } from "./bundle-checks.ts";
import { runVerifier } from "./run-verifier.ts";

runVerifier(bundleChecks);
