// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { readHalf } from "@countersign/custody/reference";
import type { Pin } from "@countersign/federation/pin";
import { registerClient } from "@countersign/release/register-client";
import { certificatePin } from "./certificate.ts";
import { builderPin, ciPin } from "./ci-job.ts";
import type { Holding } from "./plan.ts";
import { dutyDirectory, keyIn, type Project, personDirectory, placeIn } from "./project.ts";

const REVIEW_DAYS = 180;

/** A grant of a daemon lives for minutes. */
const MAX_SECONDS = 900;

/** Registers the identities of a plan with govern, each by an act that its owner signs; those that are there already stay as they are. */
export async function registerIdentities(project: Project, govern: string): Promise<void> {
  const { plan } = project;
  const client = registerClient(govern);
  const known = await client.list();
  if (!known.ok) throw new Error(`govern does not show its register: ${known.refusal.found}`);
  const owners = new Map<string, Promise<CustodyKey>>(); // opening a key takes a tenth of a second
  const keyOf = (owner: string): Promise<CustodyKey> => {
    const key = owners.get(owner) ?? openKey(placeIn(personDirectory(project, owner)));
    owners.set(owner, key);
    return key;
  };
  const identities: readonly (readonly [Holding, string])[] = [
    [plan.proposer, "propose"],
    ...plan.builders.map((holding) => [holding, "build"] as const),
    ...plan.signers.holders.map((holding) => [holding, "sign"] as const),
    [plan.publish, "publish"],
    ...plan.revokers.map((holding) => [holding, "revoke"] as const),
    ...[...plan.monitors, ...(plan.brake?.askers ?? [])].map((holding) => [holding, "observe"] as const),
  ];
  for (const [holding, duty] of identities)
    if (!known.value.some(({ name }) => name === holding.holder))
      await registerIdentity(project, govern, holding, duty, await keyOf(holding.owner));
}

/** Registers one identity of a project, by an act that its owner signs. */
export async function registerIdentity(
  project: Project,
  govern: string,
  { holder, owner }: Holding,
  duty: string,
  key: CustodyKey,
): Promise<void> {
  const body = await registrationOf(project, holder, owner, duty);
  const deed = { act: "identity.register", subject: holder, body, now: Date.now(), nonce: randomBytes(16) } as const;
  const taken = await registerClient(govern).act(key, deed);
  if (!taken.ok) throw new Error(`govern does not register ${holder}: expected ${taken.refusal.expected}, found ${taken.refusal.found}`);
}

/** What the owner of a plan's identity says of it. */
export async function registrationOf(project: Project, holder: string, owner: string, duty: string): Promise<object> {
  const { plan } = project;
  return {
    component: holder,
    purpose: `${duty} releases of ${plan.product}`,
    owner,
    deputy: deputyOf(plan.people, owner),
    duties: [duty],
    channel: plan.channel,
    pin: await pinOf(project, holder),
    keyid: holder === plan.publish.holder ? null : await keyidIn(dutyDirectory(project, holder)), // its keys are root's, not the policy's
    maxSeconds: MAX_SECONDS,
    reviewBy: new Date(Date.now() + REVIEW_DAYS * 86_400_000).toISOString().slice(0, 10),
  };
}

async function keyidIn(directory: string): Promise<string> {
  const half = await readHalf(keyIn(directory).keyFile);
  if (!half.ok) throw new Error(`${directory}: ${half.refusal.expected}, found ${half.refusal.found}`);
  return half.value.keyid;
}

/** A job is known by what the platform says of it, a daemon by its certificate. */
function pinOf(project: Project, holder: string): Pin | Promise<Pin> {
  const { proposer, builders } = project.plan;
  const token = builders.find((builder) => builder.holder === holder)?.certified?.token;
  if (token !== undefined) return builderPin(project.plan, token);
  return holder === proposer.holder ? ciPin(project.plan) : certificatePin(project, holder);
}

/** Somebody else, where there is somebody else. */
function deputyOf(people: readonly string[], owner: string): string {
  return people.find((person) => person !== owner) ?? owner;
}
