// SPDX-License-Identifier: Apache-2.0
import { hostname } from "node:os";
import { recordPath } from "@countersign/custody/place";
import { RecordFile } from "@countersign/custody/record/record-file";
import { readHalf, readNamedKey } from "@countersign/custody/reference";
import type { KeyRecord, ServiceRecord } from "@countersign/inventory/key-record";
import { keyidOf } from "@countersign/trust/key";
import { passkeysOf } from "@countersign/world/approver-key";
import { ciPlatforms } from "@countersign/world/ci-job";
import type { Holding } from "@countersign/world/plan";
import { dutyDirectory, keyIn, type Project, personDirectory } from "@countersign/world/project";
import { custodyDomain } from "./custody-domain.ts";

/** What this machine can say of the keys of a project: those that lie here in files, each by its public half. Keys elsewhere stay unknown. */
export async function keyRecords(project: Project): Promise<readonly KeyRecord[]> {
  const { plan } = project;
  const { root, targets, signers, proposer, builders, revokers, monitors, witnesses, postQuantum, people, publish } = plan;
  const quorums = [root, targets, signers, ...(postQuantum === undefined ? [] : [postQuantum.targets, postQuantum.signers])];
  const online = ["publish-snapshot", "publish-timestamp", "ledger"].map((holder): Holding => ({ holder, owner: publish.owner }));
  const duties = [...quorums.flatMap(({ holders }) => holders), proposer, ...builders, ...revokers, ...monitors, ...witnesses, ...online];
  const places = [
    ...duties.map((held) => [held, dutyDirectory(project, held.holder)] as const),
    ...people.map((person) => [{ holder: person, owner: person }, personDirectory(project, person)] as const),
  ];
  const records = await Promise.all(places.map(([held, directory]) => keyRecord(held, directory, project)));
  const passkeys = await Promise.all(people.map((person) => passkeyRecords(person, project)));
  return [...records.filter((record) => record !== undefined), ...passkeys.flat()];
}

/** A passkey falls with its authenticator; a synced one with whoever keeps its owner's passkeys for them. Where that is, its file does not say. */
async function passkeyRecords(person: string, project: Project): Promise<readonly KeyRecord[]> {
  const passkeys = await passkeysOf(project, person);
  if (!passkeys.ok) return [];
  return passkeys.value.map(({ key, synced, created }) => {
    const keyid = keyidOf(key);
    const domain = synced ? `synced passkeys of ${person}` : `authenticator with passkey ${keyid.slice(0, 12)} of ${person}`;
    return { keyid, holder: person, owner: person, custody: synced ? "passkey (synced)" : "passkey", development: false, domain, created };
  });
}

async function keyRecord(held: Holding, directory: string, project: Project): Promise<KeyRecord | undefined> {
  const { keyFile } = keyIn(directory);
  const counts = countsOf(recordPath(keyFile));
  const machine = hostname();
  const reference = await readNamedKey(keyFile, undefined);
  if (reference.ok) {
    const { half, place } = reference.value;
    return {
      keyid: half.keyid,
      ...held,
      custody: half.custody,
      development: false,
      domain: custodyDomain(place, machine),
      machine,
      ...counts,
    };
  }
  const half = await readHalf(keyFile);
  if (!half.ok) return undefined; // it is somewhere else, and so unknown from here
  return { keyid: half.value.keyid, ...held, custody: half.value.custody, development: true, ...placeOf(project), ...counts };
}

/** What its record says, where it has one. */
function countsOf(path: string): Partial<KeyRecord> {
  const file = RecordFile.open(path);
  if (!file.ok) return {};
  const { created, expires, signatures, lastUse, nextReview } = file.value.read();
  file.value.close();
  return { created, expires, signatures, lastUsed: lastUse ?? undefined, nextReview };
}

/** The processes of a project that hold no key of the policy run here, too: those that serve, CI platforms, and the jobs on them. */
export function serviceRecords(project: Project): readonly ServiceRecord[] {
  const { plan } = project;
  const serving = ["distribute", "govern"].map((service) => ({ service, owner: plan.publish.owner }));
  const platforms = ciPlatforms(plan).map(({ issuer, owner }) => ({ service: issuer, owner }));
  const jobs = plan.builders.flatMap(({ certified, id, owner }) => (certified === undefined ? [] : [{ service: `job ${id}`, owner }]));
  return [...serving, ...platforms, ...jobs].map((service) => ({ ...service, ...placeOf(project) }));
}

/** Files fall together with the disk on which they are. */
function placeOf({ directory }: Project): Required<Pick<KeyRecord, "domain" | "machine">> {
  return { domain: `files in ${directory} on ${hostname()}`, machine: hostname() };
}
