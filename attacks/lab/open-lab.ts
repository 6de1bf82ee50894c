// SPDX-License-Identifier: Apache-2.0
import { agentHistory } from "./agent-history.ts";
import type { Attack } from "./attack.ts";
import { liveHistory } from "./history.ts";
import type { Lab } from "./lab.ts";

/** The lab that these attacks take: a world on the app profile, and after it one on the agent profile, where one of them goes on there. */
export async function openLab(scratch: string, attacks: readonly Attack[]): Promise<Lab> {
  const lab = await liveHistory(scratch, attacks);
  return attacks.some(({ onAgent }) => onAgent !== undefined) ? { ...lab, agent: await agentHistory(scratch, attacks) } : lab;
}
