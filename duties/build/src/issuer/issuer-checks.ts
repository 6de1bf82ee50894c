// SPDX-License-Identifier: Apache-2.0
import { proofChecks } from "@countersign/federation/dpop";
import { grantChecks } from "@countersign/federation/grant";
import { subjectTokenChecks } from "@countersign/federation/subject-token";
import type { IssuerChecks } from "./issue.ts";
import { jobChecks } from "./job-checks.ts";
import { requestChecks } from "./request-checks.ts";

/** Everything that the issuer asks before it certifies a key. */
export const issuerChecks: IssuerChecks = {
  request: requestChecks,
  token: subjectTokenChecks,
  job: jobChecks,
  proof: proofChecks,
  grant: grantChecks,
};
