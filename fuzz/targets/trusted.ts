// SPDX-License-Identifier: Apache-2.0
import { readMessage } from "@countersign/repository/edit/message";
import type { Step } from "@countersign/trust/check";
import type { Outcome } from "@countersign/trust/refusal";
import { acceptRoot, acceptSnapshot, acceptTargets, acceptTimestamp, type Trusted, trustRoot } from "@countersign/trust/tuf/trusted";
import { value } from "../anchor.ts";
import { naiveCanonical, naiveParse } from "../oracle.ts";
import { knownKey, plainRepository } from "../plain-repository.ts";
import { type Examine, promised, type Target } from "../target.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const repository = await plainRepository();

/** A step of the client workflow from a state in which it may be taken. */
interface Asked {
  readonly role: string;
  readonly type: string;
  /** The versions of the role that may be accepted here. */
  readonly versions: readonly number[];
  readonly accept: (bytes: Uint8Array) => Step<Trusted>;
}

function file(name: string): Uint8Array {
  return repository.get(name) ?? new Uint8Array();
}

function steps(): readonly Asked[] {
  const begun = value(trustRoot(file("1.root.json")).outcome);
  const timestamped = value(acceptTimestamp(begun, file("1.timestamp.json"), now).outcome);
  const snapshot = value(acceptSnapshot(timestamped, file("1.snapshot.json"), now).outcome);
  const targets = value(acceptTargets(snapshot, "targets", "root", file("1.targets.json"), now).outcome);
  return [
    { role: "root", type: "root", versions: [2], accept: (bytes) => acceptRoot(begun, bytes) },
    { role: "timestamp", type: "timestamp", versions: [1, 2], accept: (bytes) => acceptTimestamp(snapshot, bytes, now) },
    { role: "snapshot", type: "snapshot", versions: [1], accept: (bytes) => acceptSnapshot(timestamped, bytes, now) },
    { role: "targets", type: "targets", versions: [1], accept: (bytes) => acceptTargets(snapshot, "targets", "root", bytes, now) },
    { role: "one", type: "targets", versions: [1], accept: (bytes) => acceptTargets(targets, "one", "targets", bytes, now) },
  ];
}

/**
 * The state machine of the client workflow, step by step, with files as they come and with the same words signed anew by whoever may sign them. What is promised:
 * unsigned words are never accepted; signed ones only where version, type and date are what the specification allows.
 */
export const trusted: Target = {
  name: "trusted",
  corpus: [],
  seeds: [...repository.values()],
  form: "json",
  turn: 200,
  prepare: (seeds): Examine => {
    const asked = steps();
    const honest = new Map(asked.map(({ role, versions }) => [role, new Set(versions.map((version) => messageOf(named(role, version))))]));
    const all = new Set(seeds.map(messageOf));
    return async (input) => {
      const type = /"_type":"(\w*)"/.exec(Buffer.from(input).toString("latin1"))?.[1];
      const [first, ...others] = asked.filter((step) => step.type === type);
      const step = first === undefined || others.length === 0 ? first : input.length % 2 === 0 ? first : others[0];
      if (step === undefined) return readMessage(input, "input");
      const { outcome } = step.accept(input);
      if (outcome.ok) promised(honest.get(step.role)?.has(messageOf(input)) === true, `a ${step.role} that nobody signed is trusted`);
      return outcome.ok || input.length % 3 !== 0 ? outcome : signedAnew(step, input, all);
    };
  },
};

/** Whoever holds the key of a role may say much, but not everything. */
async function signedAnew(
  { role, type, versions, accept }: Asked,
  input: Uint8Array,
  honest: ReadonlySet<string>,
): Promise<Outcome<unknown>> {
  const read = readMessage(input, "input");
  if (!read.ok) return read;
  const { message } = read.value;
  const key = knownKey(role);
  const signature = Buffer.from(await key.sign(message)).toString("hex");
  const head = `{"signatures":[{"keyid":"${key.keyid}","sig":"${signature}"}],"signed":`;
  const { outcome } = accept(Buffer.concat([Buffer.from(head), message, Buffer.from("}")]));
  if (outcome.ok) {
    const said = naiveParse(Buffer.from(message).toString());
    const field = (name: string): unknown => (said instanceof Map ? said.get(name) : undefined);
    promised(field("_type") === type, `a ${String(field("_type"))} passes for a ${type}`);
    const fits = role === "timestamp" ? Number(field("version")) >= 1 : versions.includes(Number(field("version")));
    promised(fits, `version ${String(field("version"))} of ${role} is accepted`);
    promised(role === "root" || Date.parse(String(field("expires"))) > now, `an expired ${role} is accepted`);
    promised(role !== "snapshot" || honest.has(naiveCanonical(said)), "a snapshot is accepted that the timestamp does not name");
  }
  return outcome;
}

function named(role: string, version: number): Uint8Array {
  return role === "timestamp" && version === 2 ? file("timestamp.json") : file(`${version}.${role}.json`);
}

function messageOf(bytes: Uint8Array): string {
  const said = naiveParse(Buffer.from(bytes).toString());
  return naiveCanonical(said instanceof Map ? said.get("signed") : undefined);
}
