// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Severity } from "./detector.ts";
import type { Finding } from "./finding.ts";
import { kinds } from "./kinds.ts";
import type { Suppression } from "./suppression.ts";

/** A finding as it goes out: an OCSF Detection Finding (class 2004, schema 1.4.0), with every attribute that its class requires. */
export interface OcsfFinding {
  readonly category_uid: 2;
  readonly category_name: "Findings";
  readonly class_uid: 2004;
  readonly class_name: "Detection Finding";
  readonly activity_id: 1;
  readonly activity_name: "Create";
  readonly type_uid: 200401;
  readonly type_name: "Detection Finding: Create";
  readonly severity_id: 1 | 2 | 3 | 4 | 5;
  readonly severity: Severity;
  readonly status_id: 1 | 3;
  readonly status: "New" | "Suppressed";
  readonly is_alert: boolean;
  /** Unix milliseconds. */
  readonly time: number;
  readonly message: string;
  readonly comment?: string;
  readonly metadata: {
    readonly version: "1.4.0";
    readonly uid: string;
    readonly product: { readonly name: string; readonly vendor_name: string; readonly version: string };
  };
  readonly finding_info: {
    readonly uid: string;
    readonly title: string;
    readonly desc: string;
    readonly types: readonly string[];
    readonly analytic: { readonly uid: string; readonly name: string; readonly type_id: 1; readonly type: "Rule" };
    readonly created_time: number;
  };
  readonly evidences: readonly { readonly data: Readonly<Record<string, Json>> }[];
  readonly resources: readonly { readonly uid: string; readonly name: string; readonly type: string }[];
  readonly remediation: { readonly desc: string };
}

const VERSION = "0.1.0";

export const severityIds: Readonly<Record<Severity, OcsfFinding["severity_id"]>> = {
  Informational: 1,
  Low: 2,
  Medium: 3,
  High: 4,
  Critical: 5,
};

export function ocsfOf(finding: Finding, suppression?: Suppression): OcsfFinding {
  const { id: uid, time, severity, title, detector, evidence } = finding;
  const kind = kinds.find(({ name }) => name === detector); // a file may hold findings of a detector that is no more
  return {
    category_uid: 2,
    category_name: "Findings",
    class_uid: 2004,
    class_name: "Detection Finding",
    activity_id: 1,
    activity_name: "Create",
    type_uid: 200401,
    type_name: "Detection Finding: Create",
    severity_id: severityIds[severity],
    severity,
    ...(suppression === undefined ? { status_id: 1, status: "New" } : { status_id: 3, status: "Suppressed" }),
    is_alert: severityIds[severity] >= severityIds.High,
    time,
    message: title,
    ...(suppression === undefined ? {} : { comment: `${suppression.reason} (${suppression.owner}, until ${suppression.expires})` }),
    metadata: { version: "1.4.0", uid, product: { name: "Countersign observe", vendor_name: "Countersign", version: VERSION } },
    finding_info: {
      uid,
      title,
      desc: kind?.means ?? title,
      types: [detector],
      analytic: { uid: detector, name: detector, type_id: 1, type: "Rule" },
      created_time: time,
    },
    evidences: [{ data: evidence }],
    resources: [resourceOf(evidence)],
    remediation: { desc: kind?.advice ?? "countersign observe explain ID" },
  };
}

/** What a finding is about: a release or an order, an entry of the ledger, a monitor, a document; or else the repository as a whole. */
function resourceOf(evidence: Finding["evidence"]): OcsfFinding["resources"][number] {
  const said = (field: string): string | undefined => {
    const value = evidence[field];
    return typeof value === "string" ? value : undefined;
  };
  const release = said("digest") ?? said("release");
  const named = [said("product"), said("version"), said("channel")].filter((part) => part !== undefined).join(" ");
  if (release !== undefined) return { uid: release, name: named === "" ? release : named, type: said("kind") ?? "release" };
  const { index } = evidence;
  if (typeof index === "number") return { uid: `${index}`, name: `entry ${index}`, type: "ledger entry" };
  const monitor = said("monitor");
  if (monitor !== undefined) return { uid: monitor, name: monitor, type: "monitor" };
  const document = said("document") ?? said("file");
  return document === undefined
    ? { uid: "repository", name: "the repository and its ledger", type: "repository" }
    : { uid: document, name: document, type: "document" };
}
