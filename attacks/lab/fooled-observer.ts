// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import { governConfig, observeConfig } from "@countersign/world/duty-configs";
import { dutyDirectory } from "@countersign/world/project";
import type { Strike } from "./attack.ts";
import type { Lab } from "./lab.ts";

/** What an observer is shown, and what it must say of it. */
export interface Shown {
  /** Stores that are served, one after another: time passes only where somebody shows that it does. */
  readonly stores: readonly string[];
  /** What it is told besides. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The kinds of findings that tell of the attack, any of which is enough. */
  readonly kinds: readonly string[];
  /** Something in the evidence by which a finding is about the attack, and not about another one in the same ledger. */
  readonly about: string;
}

interface Finding {
  readonly detector: string;
  readonly title: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

const POLL_MILLISECONDS = 20;
/** Looks after which an observer that has said nothing says nothing: more than what is late is waited for. */
const LOOKS = 90;

/** Lets an observer with an empty memory look, a process of its own. Success is that it looked and looked and did not say so. */
export async function strikeObserver(
  { project, scratch }: Pick<Lab, "project" | "scratch">,
  { stores, config: told = {}, kinds, about }: Shown,
  without: readonly string[],
): Promise<Strike> {
  const own = join(scratch, `observer-${randomUUID()}`);
  await mkdir(own);
  const main = fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-observer"));
  for (const [index, store] of stores.entries()) {
    const config = {
      ...observeConfig(project, 0, store),
      pollMilliseconds: POLL_MILLISECONDS,
      findings: join(own, "findings.jsonl"),
      ...told,
    };
    await writeFile(join(own, "config.json"), JSON.stringify(config));
    const running = await startDuty(main, join(own, "config.json"), without);
    try {
      const isLast = index === stores.length - 1;
      const found = await watch(
        running,
        isLast ? LOOKS : 1,
        (finding) => isLast && kinds.includes(finding.detector) && says(finding, about),
      );
      if (found !== undefined)
        return {
          succeeded: false,
          check: found.detector,
          at: "duty observe",
          evidence: `${found.title}: ${JSON.stringify(found.evidence).slice(0, 300)}`,
        };
    } finally {
      await running.stop("SIGKILL");
    }
  }
  return { succeeded: true, evidence: `an observer looked ${LOOKS} times and says nothing of it` };
}

/** Waits for a finding, or for so many looks without one. */
async function watch({ url }: RunningDuty, looks: number, isIt: (finding: Finding) => boolean): Promise<Finding | undefined> {
  const ended = new Set<number>();
  for (;;) {
    const { findings } = (await (await fetch(`${url}/findings`)).json()) as { readonly findings: readonly Finding[] };
    const found = findings.find(isIt);
    if (found !== undefined) return found;
    const { looked, size } = (await (await fetch(`${url}/status`)).json()) as { readonly looked: number; readonly size: number };
    if (size > 0) ended.add(looked);
    if (ended.size > looks) return undefined;
    await sleep(POLL_MILLISECONDS);
  }
}

function says({ evidence }: Finding, about: string): boolean {
  return JSON.stringify(evidence).includes(about);
}

/** The world's own govern, up again with all that it knew, for whoever asks what it had logged. */
export async function startHonestGovern(
  { project, scratch, stores }: Pick<Lab, "project" | "scratch" | "stores">,
  stack: AsyncDisposableStack,
): Promise<string> {
  const own = join(scratch, `honest-govern-${randomUUID()}`);
  for (const part of ["", "-wal", "-shm"])
    await copyFile(join(dutyDirectory(project, "govern"), `govern.sqlite${part}`), `${own}.sqlite${part}`).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      },
    );
  const config = { ...governConfig(project, 0, "http://127.0.0.1:9", {}), database: `${own}.sqlite`, store: stores.twoRevoked };
  await writeFile(`${own}.json`, JSON.stringify({ ...config, pollMilliseconds: 3_600_000 }));
  const running = await startDuty(fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-govern")), `${own}.json`);
  stack.defer(() => running.stop("SIGKILL"));
  return running.url;
}
