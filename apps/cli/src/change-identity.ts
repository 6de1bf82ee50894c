// SPDX-License-Identifier: Apache-2.0
import { type RegisterClient, registerClient } from "@countersign/release/register-client";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Project } from "@countersign/world/project";
import { type Acting, asPerson } from "./as-person.ts";
import { identityText } from "./identity-text.ts";
import type { Answer, Screen } from "./screen.ts";

/** Does one thing to an identity as a person, and says how it stands then. */
export async function changing(
  options: Acting,
  screen: Screen,
  act: Parameters<RegisterClient["act"]>[1]["act"],
  name: string,
  bodyOf: (project: Project) => object,
): Promise<Outcome<Answer>> {
  return asPerson(options, screen, async ({ site: { project, running }, key, of }) => {
    const done = await registerClient(running.govern).act(key, { act, ...of(name, bodyOf(project)) });
    return done.ok ? accept({ json: done.value, text: identityText(done.value) }) : done;
  });
}
