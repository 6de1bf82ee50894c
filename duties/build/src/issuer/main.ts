// SPDX-License-Identifier: Apache-2.0
import { issuerChecks } from "./issuer-checks.ts";
import { runIssuer } from "./run-issuer.ts";

runIssuer(issuerChecks);
