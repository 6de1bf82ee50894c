// SPDX-License-Identifier: Apache-2.0
import { readPublic } from "@countersign/custody/encrypted-file";
import type { Holding } from "./plan.ts";
import { dutyDirectory, keyIn, type Project, personDirectory } from "./project.ts";

/** Registers the people and identities of a plan with govern; those that are there already stay as they are. */
export async function registerIdentities(project: Project, govern: string): Promise<void> {
  const { plan } = project;
  for (const person of plan.people) {
    await register(
      govern,
      { name: person, kind: "person", owner: person, deputy: deputyOf(plan.people, person), duties: ["approve", "revoke"] },
      personDirectory(project, person),
      project,
    );
  }
  const identities: readonly (readonly [Holding, string])[] = [
    [plan.proposer, "propose"],
    ...plan.builders.map((holding) => [holding, "build"] as const),
    ...plan.signers.holders.map((holding) => [holding, "sign"] as const),
    ...plan.revokers.map((holding) => [holding, "revoke"] as const),
    ...plan.monitors.map((holding) => [holding, "observe"] as const),
  ];
  for (const [{ holder, owner }, duty] of identities) {
    await register(
      govern,
      { name: holder, kind: "identity", owner, deputy: deputyOf(plan.people, owner), duties: [duty] },
      dutyDirectory(project, holder),
      project,
    );
  }
}

interface Registration {
  readonly name: string;
  readonly kind: "person" | "identity";
  readonly owner: string;
  readonly deputy: string;
  readonly duties: readonly string[];
}

async function register(govern: string, registration: Registration, directory: string, { plan }: Project): Promise<void> {
  const half = await readPublic(keyIn(directory).keyFile);
  if (!half.ok) throw new Error(`${directory}: ${half.refusal.expected}, found ${half.refusal.found}`);
  const identity = {
    ...registration,
    purpose: `${registration.duties.join(" and ")} releases of ${plan.product}`,
    channels: [plan.channel],
    keyid: half.value.keyid,
    reviewBy: new Date(Date.now() + 180 * 86_400_000).toISOString().slice(0, 10),
  };
  const response = await fetch(`${govern}/identities`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(identity),
  });
  if (!response.ok && response.status !== 409) throw new Error(`govern does not register ${registration.name}: ${await response.text()}`);
}

/** Somebody else, where there is somebody else. */
function deputyOf(people: readonly string[], owner: string): string {
  return people.find((person) => person !== owner) ?? owner;
}
