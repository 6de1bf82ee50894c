// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@countersign/tlog/refusal";

/** The refusal that a value carries as `refusal`: the body of an answer, or an error that a key in custody was refused with. */
export function refusalIn(value: unknown): Refusal | undefined {
  const inner: unknown = isRecord(value) ? value["refusal"] : undefined;
  if (!isRecord(inner)) return undefined;
  const { code, expected, found, remedy } = inner;
  if (typeof code !== "string" || typeof expected !== "string" || typeof found !== "string" || typeof remedy !== "string") return undefined;
  return { code, expected, found, remedy };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
