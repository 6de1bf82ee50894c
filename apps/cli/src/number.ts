// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from "commander";

/** Reads a whole number within bounds, both included, from a command line. */
export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
  };
}
