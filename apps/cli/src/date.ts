// SPDX-License-Identifier: Apache-2.0
import { dateTime, decode } from "@countersign/trust/decode";
import { InvalidArgumentError } from "commander";

/** Reads a time from a command line, in the one form that documents have it. */
export function date(text: string): string {
  if (decode(dateTime, text, "date").ok) return text;
  throw new InvalidArgumentError("A date like 2027-12-31T00:00:00Z is needed.");
}
