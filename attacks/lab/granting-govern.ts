// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openKey } from "@countersign/custody/place";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import { type ActionsJob, actionsToken } from "@countersign/federation/actions-token";
import type { ProofKey } from "@countersign/federation/dpop";
import { exchangeToken, type Granted, grantHeaders } from "@countersign/federation/exchange";
import { registerClient } from "@countersign/release/register-client";
import { windowClient } from "@countersign/release/window-client";
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import { governAudience } from "@countersign/world/certificate";
import { ciPlatformConfig, ciPlatforms } from "@countersign/world/ci-job";
import { governConfig } from "@countersign/world/duty-configs";
import { openWindow } from "@countersign/world/open-window";
import { personDirectory, placeIn, type Running } from "@countersign/world/project";
import { registrationOf } from "@countersign/world/register";
import type { Strike } from "./attack.ts";
import { taken } from "./base.ts";
import type { Lab } from "./lab.ts";

type Ground = Pick<Lab, "project" | "scratch" | "stores">;

/** The CI platform of the lab's world, up again: anybody may run jobs on it, and have tokens about them. */
export async function startPlatform({ project, scratch }: Ground, stack: AsyncDisposableStack): Promise<Running["platforms"]> {
  const file = join(scratch, `ci-platform-${randomUUID()}.json`);
  const [platform] = ciPlatforms(project.plan);
  await writeFile(file, JSON.stringify(await ciPlatformConfig(project, platform, 0)));
  const running = await startDuty(fileURLToPath(import.meta.resolve("@countersign/world/ci-platform")), file);
  stack.defer(() => running.stop("SIGKILL"));
  return { [platform.issuer]: running.url };
}

/** What a strike is made with: two govern processes over one database, the lab's proposer registered, and a window that honest people opened. */
export interface Governs extends AsyncDisposable {
  readonly urls: readonly [string, string];
  readonly window: string;
  /** Has the job's token exchanged at the first of them, bound to this key. */
  exchange(job: ActionsJob, key: ProofKey, audience?: string): Promise<Outcome<Granted>>;
  /** Has another server use the grant at the second of them, with a proof by this key, made for it or for another grant. */
  use(grant: Granted, key: ProofKey, proofOf?: Granted): Promise<Strike>;
  /** One person closes the window, at the first of them. */
  close(): Promise<void>;
}

/** What every grant of these attacks is for. */
const digest = "e".repeat(64);

/** Starts two govern processes that do without these checks. */
export async function startGoverns(
  { project, scratch, stores }: Ground,
  platforms: Running["platforms"],
  without: readonly string[],
): Promise<Governs> {
  const { plan } = project;
  const own = await mkdtemp(join(scratch, "govern-"));
  const started: RunningDuty[] = [];
  for (const number of [1, 2]) {
    const file = join(own, `${number}.json`);
    const config = {
      ...governConfig(project, 0, "http://127.0.0.1:9", platforms),
      database: join(own, "govern.sqlite"),
      store: stores.one,
    };
    await writeFile(file, JSON.stringify({ ...config, pollMilliseconds: 3_600_000 }));
    started.push(await startDuty(fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-govern")), file, without));
  }
  const [first = "", second = ""] = started.map(({ url }) => url);
  const now = (): { readonly now: number; readonly nonce: Uint8Array } => ({ now: Date.now(), nonce: randomBytes(16) });
  const keyOf = (person: string) => openKey(placeIn(personDirectory(project, person)));
  const { holder, owner } = plan.proposer;
  const body = await registrationOf(project, holder, owner, "propose");
  taken(await registerClient(first).act(await keyOf(owner), { act: "identity.register", subject: holder, body, ...now() }));
  const { id: window } = taken(await openWindow(project, { govern: first }, { releases: 1, reason: "a release" }));
  const around = { fetch, now: Date.now, id: () => randomUUID() };

  return {
    urls: [first, second],
    window,
    async exchange(job, key, audience = governAudience(plan)) {
      const subjectToken = taken(await actionsToken(job, audience, fetch));
      const details = { type: "countersign", window, duty: "propose", channel: plan.channel, digest, uses: 2 } as const;
      return exchangeToken({ url: `${first}/token`, identity: holder, subject: "token", subjectToken, details, key }, around);
    },
    async use({ grant }, key, proofOf = { grant, key, expiresIn: 0 }) {
      const url = "https://publish.example/publish";
      const { dpop: proof } = await grantHeaders({ grant: proofOf.grant, key }, { method: "POST", url }, around);
      const wanted = { duty: "propose", channel: plan.channel, digest };
      const asked = { grant, proof, method: "POST", url, audience: governAudience(plan), wanted };
      const response = await fetch(`${second}/grants/use`, { method: "POST", body: JSON.stringify(asked) });
      const answer = (await response.json()) as { readonly refusal?: Refusal };
      return answer.refusal === undefined ? { succeeded: true, evidence: `a use was counted at ${second}` } : refusedBy(answer.refusal);
    },
    async close() {
      const [, , person = ""] = plan.people;
      taken(await windowClient(first).act(await keyOf(person), { act: "window.close", subject: window, body: {}, ...now() }));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(started.map((duty) => duty.stop("SIGKILL")));
    },
  };
}

/** What an exchange came to: a grant is what the attacker wants. */
export function strikeOf(granted: Outcome<Granted>): Strike {
  return granted.ok ? { succeeded: true, evidence: "a grant to propose, bound to the attacker's key" } : refusedBy(granted.refusal);
}

function refusedBy({ check = "", code, expected, found }: Refusal): Strike {
  return { succeeded: false, check, at: "duty govern", evidence: `${code}: expected ${expected}; found ${found}` };
}
