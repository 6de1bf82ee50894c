// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { openKey } from "@countersign/custody/place";
import { type ReleaseWindow, windowClient } from "@countersign/release/window-client";
import type { Outcome } from "@countersign/trust/refusal";
import { keyIn, type Project, personDirectory, type Running } from "./project.ts";

/** What a window is asked for. */
export interface WindowWish {
  readonly releases: number;
  readonly reason: string;
  readonly hours?: number;
}

/** Has one person of a project ask for a window and another open it; one alone does both, where the policy separates keys only. */
export async function openWindow(project: Project, { govern }: Pick<Running, "govern">, wish: WindowWish): Promise<Outcome<ReleaseWindow>> {
  const { people, channel } = project.plan;
  const [asks = "", opens = asks] = people;
  const client = windowClient(govern);
  const deed = (act: "window.request" | "window.approve", subject: string, body: object) =>
    ({ act, subject, body, now: Date.now(), nonce: randomBytes(16) }) as const;
  const keyOf = (person: string) => openKey(keyIn(personDirectory(project, person)));
  const { releases, reason, hours = 8 } = wish;
  const asked = await client.act(await keyOf(asks), deed("window.request", channel, { seconds: hours * 3600, releases, reason }));
  return asked.ok ? client.act(await keyOf(opens), deed("window.approve", asked.value.id, {})) : asked;
}
