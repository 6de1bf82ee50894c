// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { type DeviceFacts, type DeviceSubject, privilegeChecks, releaseChecks } from "@countersign/trust/release/device-checks";
import type { Rollout } from "@countersign/trust/release/rollout";
import { releaseDigest, type Statement, statement } from "@countersign/trust/release/statement";
import { statementOf } from "@countersign/trust/simulator.test-support";
import { accepted, refused } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

interface Given {
  readonly statement: unknown;
  readonly device: DeviceFacts;
  /** Why the release was chosen. */
  readonly reason: "newer" | "recalled";
  /** Whether its soak is over. */
  readonly soaked: boolean;
  readonly rollout: Rollout;
}

/** A release against a device's own rules, at gate 8 and gate 12. */
export const deviceVectors: VectorFile<Given> = {
  path: "release/device.json",
  async cases() {
    const device: DeviceFacts = {
      ...{ product: "hello", platform: "linux-x64", channel: "stable", id: "device-1" },
      ...{ privileges: ["network"], epochFloor: 2, sequenceFloor: 5, runs: true },
    };
    const given = (release: Partial<Statement>, change: Partial<Given> = {}): Given => ({
      ...{ statement: statementOf({ sequence: 6, epoch: 2, ...release }), device },
      ...{ reason: "newer", soaked: true, rollout: { share: 1, paused: false } },
      ...change,
    });
    const elsewhere = (description: string, change: Partial<DeviceFacts>): Vector<Given> =>
      refused(description, "wrong-target", given({}, { device: { ...device, ...change } }));
    const recalled = { reason: "recalled" } as const;
    const paused = { rollout: { share: 1, paused: true } };
    return [
      accepted("the next sequence, of the same epoch", given({})),
      elsewhere("attack: another product's", { product: "other" }),
      elsewhere("attack: another channel's", { channel: "beta" }),
      elsewhere("attack: nothing for this platform", { platform: "linux-arm64" }),
      refused("attack: the sequence that was confirmed", "sequence-rolled-back", given({ sequence: 5 })),
      accepted(
        "the sequence that was confirmed, where what was installed is gone",
        given({ sequence: 5 }, { device: { ...device, runs: false } }),
      ),
      refused(
        "attack: the one before it, where what was installed is gone",
        "sequence-rolled-back",
        given({ sequence: 4 }, { device: { ...device, runs: false } }),
      ),
      accepted("a recall leads back", given({ sequence: 4 }, recalled)),
      refused("attack: an epoch below the floor", "below-epoch-floor", given({ epoch: 1 })),
      refused("attack: an epoch below the floor, by a recall", "below-epoch-floor", given({ sequence: 4, epoch: 1 }, recalled)),
      accepted("one epoch more", given({ epoch: 3 })),
      refused("attack: two epochs more", "epoch-leapt", given({ epoch: 4 })),
      accepted("two epochs more, two releases later", given({ sequence: 7, epoch: 4 })),
      refused("attack: one epoch more, by a recall that leads back", "epoch-leapt", given({ sequence: 4, epoch: 3 }, recalled)),
      accepted("a new device", given({ sequence: 40, epoch: 12 }, { device: { ...device, epochFloor: 0, sequenceFloor: 0, runs: false } })),
      refused("not its turn yet", "not-this-devices-turn", given({}, { rollout: { share: 0, paused: false } })),
      refused("a pause", "not-this-devices-turn", given({}, paused)),
      accepted("a recall waits for no turn", given({ sequence: 4 }, { ...recalled, ...paused })),
      accepted("its turn is not asked about while it soaks", given({}, { soaked: false, rollout: { share: 0, paused: false } })),
      accepted("a privilege that the device grants", given({ privileges: ["network"] })),
      refused("attack: one that it does not grant", "privilege-not-granted", given({ privileges: ["network", "camera"] })),
    ];
  },
  async answer({ device, reason, soaked, rollout, ...given }) {
    const read = decode(statement, given.statement, "statement");
    if (!read.ok) return read;
    const candidate = { body: read.value, digest: releaseDigest(read.value), approvals: [], proof: "" };
    return judge<DeviceSubject>({ candidate, device, reason, soaked, rollout }, [...releaseChecks, ...privilegeChecks]).outcome;
  },
};
