// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startDuty } from "@countersign/daemon/child";
import { heartbeatPath } from "@countersign/trust/heartbeat/heartbeat";
import { monitorConfig } from "@countersign/world/duty-configs";
import { dutyMain } from "@countersign/world/duty-main";
import { type Attack, checks } from "./lab/attack.ts";
import { strikeObserver } from "./lab/fooled-observer.ts";
import type { AgentLab } from "./lab/lab.ts";
import { startMirror } from "./lab/mirror.ts";

const nowhere = "http://127.0.0.1:9";

/** A monitor is left alone and shown a repository that stands still, properly signed: it runs, and sees nothing of what happens. */
export const blindedMonitor: Attack = {
  name: "blinded-monitor",
  holds: "the network of one monitor: all that it reads is as it was some time ago",
  prepare: async () => [],
  onAgent: {
    async prepare(lab, stack) {
      const { project, scratch, stores } = lab;
      const { url } = stack.use(await startMirror(stores.oneLater));
      const [{ holder } = { holder: "" }] = project.plan.monitors;
      const said = await heartbeatOfBlind(lab, holder, url);
      const heard = stack.use(await startMirror(stores.oneLater, new Map([[heartbeatPath(holder), said]])));
      return [
        {
          does: "on the agent profile shows it what it showed before, again and again",
          stoppedBy: checks("blind"),
          strike: (without) =>
            strikeObserver({ project, scratch }, { stores: [url], config: { silenceSeconds: 1 }, kinds: ["blind"], about: "" }, without),
        },
        {
          does: "on the agent profile goes on while the blinded monitor says so to all others",
          stoppedBy: checks("monitor-silent"),
          strike: (without) =>
            strikeObserver({ project, scratch }, { stores: [heard.url], kinds: ["monitor-silent"], about: `"${holder}"` }, without),
        },
      ];
    },
  },
};

/** What the monitor says, with its own key, once it has noticed. */
async function heartbeatOfBlind({ project, scratch }: AgentLab, holder: string, store: string): Promise<Uint8Array> {
  const directory = join(scratch, "blinded-monitor");
  await mkdir(directory);
  const { monitor, ...config } = monitorConfig(project, holder, 0, store, nowhere);
  const told = {
    ...config,
    monitor: { ...(monitor as object), directory },
    silenceSeconds: 1,
    findings: join(directory, "findings.jsonl"),
  };
  await writeFile(join(directory, "config.json"), JSON.stringify(told));
  const running = await startDuty(dutyMain("observe"), join(directory, "config.json"));
  try {
    for (;;) {
      const { blind } = (await (await fetch(`${running.url}/status`)).json()) as { readonly blind: string | null };
      const said = blind === null ? undefined : await readFile(join(directory, heartbeatPath(holder))).catch(() => undefined); // not said yet
      if (said?.includes("nothing newer")) return said;
      await sleep(50);
    }
  } finally {
    await running.stop("SIGKILL");
  }
}
