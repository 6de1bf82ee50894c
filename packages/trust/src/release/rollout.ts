// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Order } from "./order.ts";

/** An order that changes a rollout, with the witnessed time from which it acts. Unix seconds. */
export interface PaceChange {
  readonly order: Pick<Order, "action" | "number" | "overSeconds">;
  readonly at: number;
}

/** How far the rollout of a release has come. */
export interface Rollout {
  /** The share of devices whose turn has come, from 0 to 1. */
  readonly share: number;
  /** Nobody begins any more, not even a device whose turn had come. */
  readonly paused: boolean;
}

/** Where in a rollout a device stands: from 0 (first) to just below 1 (last), its own for each release, and nobody's to choose. */
export function rolloutPoint(release: string, deviceId: string): number {
  return createHash("sha256").update(`${release}\n${deviceId}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** Whether it is the turn of the device that stands at `point`. */
export function hasTurn({ share, paused }: Rollout, point: number): boolean {
  return !paused && point <= share;
}

/**
 * How far a rollout has come at `time`. It begins when the soak ends and gives every device its turn within `overSeconds`, at a steady pace; 0 is
 * all at once. `slow` makes it no faster and takes no turn back, or pauses it; `widen` and `resume` end a pause and go on from the share that was
 * reached. Pure: devices, signers and monitors compute the same.
 */
export function rolloutAt(overSeconds: number, soakEnd: number, changes: readonly PaceChange[], time: number): Rollout {
  if (time < soakEnd) return { share: 0, paused: false };
  const own = paceOf(1, overSeconds);
  let course: Course = { share: 0, paused: false, pace: own, at: soakEnd };
  for (const { order, at } of acting(changes, time)) course = changed(advanced(course, Math.max(at, soakEnd)), order, own);
  const { share, paused, pace } = advanced(course, time);
  return { share: !paused && pace === Number.POSITIVE_INFINITY ? 1 : share, paused };
}

/** A rollout under way: the share at a time, and how much is added a second. */
interface Course extends Rollout {
  readonly pace: number;
  readonly at: number;
}

function paceOf(left: number, overSeconds: number): number {
  return overSeconds === 0 ? Number.POSITIVE_INFINITY : left / overSeconds;
}

function advanced(course: Course, at: number): Course {
  if (course.paused || at === course.at) return { ...course, at };
  return { ...course, at, share: Math.min(1, course.share + course.pace * (at - course.at)) };
}

function changed(course: Course, { action, overSeconds }: PaceChange["order"], own: number): Course {
  const left = 1 - course.share;
  if (action === "slow")
    return overSeconds === null ? { ...course, paused: true } : { ...course, pace: Math.min(course.pace, paceOf(left, overSeconds)) };
  return { ...course, paused: false, pace: overSeconds === null ? own : paceOf(left, overSeconds) };
}

/** The changes that act by now, in the order in which they began to. What slows beats a widening of a lower number that would begin later: it knew of it. */
function acting(changes: readonly PaceChange[], time: number): readonly PaceChange[] {
  const slows = changes.filter(({ order }) => order.action === "slow");
  const beaten = ({ order, at }: PaceChange): boolean =>
    order.action !== "slow" && slows.some((slow) => slow.order.number > order.number && slow.at <= at);
  return changes.filter((change) => change.at <= time && !beaten(change)).sort((a, b) => a.at - b.at || a.order.number - b.order.number);
}
