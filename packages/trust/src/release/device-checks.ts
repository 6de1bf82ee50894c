// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Entry } from "./head.ts";
import { hasTurn, type Rollout, rolloutPoint } from "./rollout.ts";
import type { Artifact, Statement } from "./statement.ts";

/** What a device is, and has confirmed before. */
export interface DeviceFacts {
  readonly product: string;
  readonly platform: string;
  readonly channel: string;
  /** A name that only this device has; it decides the device's turn in a rollout. */
  readonly id: string;
  readonly privileges: readonly string[];
  readonly epochFloor: number;
  /** The highest sequence ever confirmed here; 0 for none. */
  readonly sequenceFloor: number;
  /** Whether a version is installed whose record can be read. Where none is, the one that was confirmed last may be installed again. */
  readonly runs: boolean;
}

export interface DeviceSubject {
  readonly candidate: Entry<Statement>;
  readonly device: DeviceFacts;
  /** A recall may lead to a lower sequence, never below the epoch floor. */
  readonly reason: "newer" | "recalled";
  /** Whether its soak is over, by witnessed time. */
  readonly soaked: boolean;
  readonly rollout: Rollout;
}

export function artifactFor(statement: Statement, platform: string): Artifact | undefined {
  return statement.artifacts.find((artifact) => artifact.platform === platform);
}

/** The device's own rules (gate 8): is this for me, and is it forward? */
export const releaseChecks: readonly Check<DeviceSubject>[] = [
  {
    name: "release/target",
    source: "arbitrary or wrong software",
    examine: ({ candidate: { body }, device }) =>
      decide(
        body.product === device.product && body.channel === device.channel && artifactFor(body, device.platform) !== undefined,
        `${device.product} for ${device.platform} on ${device.channel}`,
        `${body.product} for ${body.artifacts.map((artifact) => artifact.platform).join(", ")} on ${body.channel}`,
        "wrong-target",
        "This release is not for this device; the head that offers it is wrong.",
      ),
  },
  {
    name: "release/sequence",
    source: "order is a number; rollback",
    examine: ({ candidate: { body }, device, reason }) => {
      const lowest = device.runs ? device.sequenceFloor + 1 : device.sequenceFloor;
      return decide(
        reason === "recalled" || body.sequence >= lowest,
        reason === "recalled" ? "any sequence, by a recall order" : `sequence ${lowest} or later`,
        `sequence ${body.sequence}`,
        "sequence-rolled-back",
        "Only an approved recall order leads back; a newer release must have a higher sequence.",
      );
    },
  },
  {
    name: "release/epoch",
    source: "the rollback floor",
    examine: ({ candidate: { body }, device }) =>
      decide(
        body.epoch >= device.epochFloor,
        `epoch ${device.epochFloor} or later`,
        `epoch ${body.epoch}`,
        "below-epoch-floor",
        "This device will never run it again; re-issue it with a new sequence and the current epoch.",
      ),
  },
  {
    name: "release/epoch-step",
    source: "at most one epoch more per release: a leap would strand every device above all that can be released",
    examine: ({ candidate: { body }, device }) => {
      const highest = device.epochFloor + Math.max(0, body.sequence - device.sequenceFloor);
      return decide(
        body.epoch <= highest,
        `epoch ${highest} or earlier`,
        `epoch ${body.epoch}`,
        "epoch-leapt",
        "Release it again with an epoch that is the predecessor's, or one more.",
      );
    },
  },
  {
    name: "release/turn",
    source: "devices choose their place in a rollout themselves",
    examine: ({ candidate, device, reason, soaked, rollout }) => {
      const point = rolloutPoint(candidate.digest, device.id);
      const { share, paused } = rollout;
      return decide(
        reason === "recalled" || !soaked || hasTurn(rollout, point), // before the soak is over it is nobody's turn, and the soak's own check says so
        `this device's turn, at ${percent(point)} of the devices`,
        paused ? "nobody's, by an order" : `the first ${percent(share)}`,
        "not-this-devices-turn",
        "Wait: the rollout reaches this device by itself, unless an order holds it.",
      );
    },
  },
];

/** Gate 12: a release may ask for what the device was told to grant, and for nothing more. */
export const privilegeChecks: readonly Check<Pick<DeviceSubject, "candidate" | "device">>[] = [
  {
    name: "privileges/granted",
    source: "declared privileges against what the device grants",
    examine: ({ candidate: { body }, device }) => {
      const extra = body.privileges.filter((privilege) => !device.privileges.includes(privilege));
      return decide(
        extra.length === 0,
        `nothing beyond: ${device.privileges.join(", ") || "no privileges"}`,
        extra.length === 0 ? `asks for ${body.privileges.join(", ") || "none"}` : `asks also for ${extra.join(", ")}`,
        "privilege-not-granted",
        "Grant it on this device knowingly, or ask for a release without it.",
      );
    },
  },
];

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
