// SPDX-License-Identifier: Apache-2.0
import type { RegisteredIdentity } from "@countersign/release/register-client";
import { plain } from "./plain.ts";

/** An identity for people, a line a member. */
export function identityText({ name, status, ...rest }: RegisteredIdentity): string {
  const { component, purpose, owner, deputy, duties, channel, keyid, maxSeconds, reviewBy, pin } = rest;
  return [
    `${plain(name)} is ${status}`,
    `  what    ${plain(component)}: ${plain(purpose)}`,
    `  who     ${plain(owner)} answers for it, ${plain(deputy)} where ${plain(owner)} is gone`,
    `  may     ${plain(duties.join(", "))}, on ${plain(channel)}; a grant lives ${maxSeconds} s at most`,
    `  proof   ${plain(JSON.stringify(pin))}`,
    `  key     ${keyid === null ? "none that stays" : plain(keyid)}`,
    `  review  by ${plain(reviewBy)}`,
  ].join("\n");
}
