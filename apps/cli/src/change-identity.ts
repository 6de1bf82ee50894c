// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { type RegisterClient, registerClient } from "@countersign/release/register-client";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Project } from "@countersign/world/project";
import { identityText } from "./identity-text.ts";
import type { Answer } from "./screen.ts";
import { openSite, personKey, type SiteOptions } from "./site.ts";

/** Does one thing to an identity as a person, and says how it stands then. */
export async function changing(
  options: SiteOptions & { readonly as: string },
  act: Parameters<RegisterClient["act"]>[1]["act"],
  name: string,
  bodyOf: (project: Project) => object,
): Promise<Outcome<Answer>> {
  const site = await openSite(options);
  if (!site.ok) return site;
  const { project, running } = site.value;
  const key = await personKey(project, options.as);
  if (!key.ok) return key;
  const deed = { act, subject: name, body: bodyOf(project), now: Date.now(), nonce: randomBytes(16) };
  const done = await registerClient(running.govern).act(key.value, deed);
  return done.ok ? accept({ json: done.value, text: identityText(done.value) }) : done;
}
