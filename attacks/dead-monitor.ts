// SPDX-License-Identifier: Apache-2.0
import { heartbeatPath } from "@countersign/trust/heartbeat/heartbeat";
import { type Attack, checks } from "./lab/attack.ts";
import { strikeObserver } from "./lab/fooled-observer.ts";
import { startMirror } from "./lab/mirror.ts";

/** Before something is done that a monitor would see, the monitor is switched off. */
export const deadMonitor: Attack = {
  name: "dead-monitor",
  holds: "the machine of one monitor",
  prepare: async () => [],
  onAgent: {
    async prepare({ project, scratch, stores }, stack) {
      const [{ holder } = { holder: "" }] = project.plan.monitors;
      const { url } = stack.use(await startMirror(stores.oneLater, new Map([[heartbeatPath(holder), undefined]])));
      const shown = { stores: [url], kinds: ["monitor-silent"], about: `"${holder}"` };
      return [
        {
          does: "on the agent profile switches it off, so that it cannot say what it sees",
          stoppedBy: checks("monitor-silent"),
          strike: (without) => strikeObserver({ project, scratch }, shown, without),
        },
      ];
    },
  },
};
