// SPDX-License-Identifier: Apache-2.0
import type { Proposal } from "@countersign/release/proposal";
import { table } from "./table.ts";

/** Everything that a proposal says, a line each. */
export function statementText({ digest, body, state, approvals, needed }: Proposal): string {
  const approved = approvals.filter(({ signed }) => signed.decision === "approve").length;
  const rows = Object.entries(body).flatMap(([field, value]) => lines(field, value));
  return table(["field", "value"], [["digest", digest], ["state", state], ["approvals", `${approved} of ${needed ?? "?"}`], ...rows]);
}

/** What is inside of something is shown under its name: `health.expect`, `artifacts.0.sha256`. */
function lines(field: string, value: unknown): readonly (readonly string[])[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return [[field, value.join(" ") || "none"]];
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([name, item]) => lines(`${field}.${name}`, item));
  return [[field, value === null ? "none" : String(value)]];
}
