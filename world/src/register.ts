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
    ...plan.revokers.map((holding) => [holding, "revoke"] as const),
    ...[...plan.monitors, ...(plan.brake?.askers ?? [])].map((holding) => [holding, "observe"] as const),
  ];
  for (const [{ holder, owner }, duty] of identities) {
    if (known.value.some(({ name }) => name === holder)) continue;
    const record = await registrationOf(project, holder, owner, duty);
    const taken = await client.act(await keyOf(owner), {
      act: "identity.register",
      subject: holder,
      body: record,
      now: Date.now(),
      nonce: randomBytes(16),
    });
    if (!taken.ok) throw new Error(`govern does not register ${holder}: expected ${taken.refusal.expected}, found ${taken.refusal.found}`);
  }
}

/** What the owner of a plan's identity says of it. */
export async function registrationOf(project: Project, holder: string, owner: string, duty: string): Promise<object> {
  const { plan } = project;
  const half = await readHalf(keyIn(dutyDirectory(project, holder)).keyFile);
  if (!half.ok) throw new Error(`${holder}: ${half.refusal.expected}, found ${half.refusal.found}`);
  return {
    component: holder,
    purpose: `${duty} releases of ${plan.product}`,
    owner,
    deputy: deputyOf(plan.people, owner),
    duties: [duty],
    channel: plan.channel,
    pin: await pinOf(project, holder),
    keyid: half.value.keyid,
    maxSeconds: MAX_SECONDS,
    reviewBy: new Date(Date.now() + REVIEW_DAYS * 86_400_000).toISOString().slice(0, 10),
  };
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
