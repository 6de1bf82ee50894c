// SPDX-License-Identifier: Apache-2.0

/** What somebody does to one release: the duties of a path, the re-issue of old bytes, and what is reviewed afterwards. */
export type Power = "build" | "propose" | "approve" | "sign" | "publish" | "revoke" | "reissue" | "act" | "review";

/** Two powers that never meet in one human. */
export interface Conflict {
  readonly powers: readonly [Power, Power];
  /** Whether even holding both on one channel is refused; the others may be held, and never used on the same release. */
  readonly held: boolean;
  readonly because: string;
}

/** Every conflict there is. What is not in the list is not kept apart. */
export const conflicts: readonly Conflict[] = [
  { powers: ["build", "sign"], held: true, because: "who makes the bytes does not vouch for them" },
  { powers: ["sign", "publish"], held: true, because: "who says what is listed does not also put it out" },
  { powers: ["propose", "approve"], held: false, because: "nobody approves their own" },
  { powers: ["revoke", "reissue"], held: false, because: "who takes a release away does not choose what comes in its place" },
  { powers: ["act", "review"], held: false, because: "nobody reviews what they did or hold" },
];

/** The conflict between two powers, if there is one. */
export function conflictOf(one: string, other: string): Conflict | undefined {
  return conflicts.find(({ powers: [a, b] }) => (a === one && b === other) || (a === other && b === one));
}
