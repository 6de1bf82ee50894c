// SPDX-License-Identifier: Apache-2.0
import { headBytes, headPath } from "@countersign/repository/next-channel";
import { targetStorePath } from "@countersign/repository/target-path";
import { sha256 } from "@countersign/trust/digest";
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { otherProduct } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** Everything about the other product is genuine; it is only not what this device is. */
export const wrongTarget: Attack = {
  name: "wrong-target",
  holds: "a server",
  takes: ["distribute"],
  async prepare({ project, stores, devices }, stack) {
    const { head } = await openBase(project, stores.two);
    const other = await openBase(project, stores.two, otherProduct);
    const asked = targetStorePath(headPath(head), sha256(headBytes(head)));
    const mirror = stack.use(await startMirror(stores.two, new Map([[asked, headBytes(other.head)]])));
    return [
      {
        does: "serves the head of another product in the place of this device's",
        stoppedBy: checks("head/digest", "head/place", "release/target"),
        strike: (without) => strikeDevice(devices.newborn, mirror, without, runs(otherProduct, "labs 1.0.0")),
      },
    ];
  },
};
