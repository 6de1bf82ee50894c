// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Kind, Severity, Suspicion } from "./detector.ts";

/** Something to look at, in the manner of an OCSF Detection Finding. */
export interface Finding {
  /** Made from what it is about, so that the same thing is found once. */
  readonly id: Digest;
  /** When it was found, Unix milliseconds by the observer's own clock. */
  readonly time: number;
  readonly severity: Severity;
  readonly title: string;
  readonly detector: string;
  readonly evidence: Readonly<Record<string, Json>>;
}

export function findingOf(
  { name, severity, title }: Pick<Kind, "name" | "severity" | "title">,
  { about, evidence }: Suspicion,
  time: number,
): Finding {
  return { id: canonicalDigest([name, ...about]), time, severity, title, detector: name, evidence };
}

/** Says that they were found, in the log of this process. */
export function announce(found: readonly Finding[]): void {
  for (const { id, severity, title, detector } of found)
    if (severity !== "Informational") logEvent("observe", "finding", { id, severity, title, detector });
}
