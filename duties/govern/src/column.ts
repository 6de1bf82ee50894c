// SPDX-License-Identifier: Apache-2.0
import { servedBytes } from "@countersign/trust/canonical";

/** A document as a column holds it. */
export function column(document: unknown): string {
  return Buffer.from(servedBytes(document)).toString();
}
