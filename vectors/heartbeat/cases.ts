// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { readEnvelope } from "@countersign/trust/envelope";
import { heartbeatChecks } from "@countersign/trust/heartbeat/checks";
import { type Heartbeat, heartbeat } from "@countersign/trust/heartbeat/heartbeat";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { Policy } from "@countersign/trust/policy/policy";
import { digestOf, type Person, person, signedBytes, TestLog } from "@countersign/trust/simulator.test-support";
import { accepted, type GivenLedger, ledger, ledgerOf, policyWith, readPolicy, refused, start } from "../scene.ts";
import type { VectorFile } from "../vector.ts";

interface Given {
  /** What is served at `heartbeat/<monitor>` (base64). */
  readonly heartbeat: string;
  readonly monitor: string;
  readonly policy: unknown;
  readonly ledger: GivenLedger;
  /** Witnessed time of whoever judges. */
  readonly time: number;
}

export const heartbeatVectors: VectorFile<Given> = {
  path: "heartbeat/heartbeat.json",
  async cases() {
    const [watch, second] = [person("watch"), person("second")];
    const log = new TestLog();
    await log.append({ type: "root", digest: digestOf("root") });
    const checkpoint = await log.note([start, start, start]);
    const holder = (who: Person): object => ({ key: who.key, holder: who.name, owner: who.name });
    const holders = { ...policyWith({}).holders, [watch.keyid]: holder(watch), [second.keyid]: holder(second) };
    const policy: Policy = policyWith({}, { holders, monitors: { watch: watch.keyid, second: second.keyid } });
    const said: Heartbeat = {
      _type: "heartbeat",
      spec: "countersign/1",
      monitor: "watch",
      checkpoint,
      readThrough: 1,
      within: 60,
      blind: null,
    };
    const given = async (change: object = {}, by: Person = watch, monitor = "watch", time = start + 60): Promise<Given> => ({
      heartbeat: Buffer.from(await signedBytes({ ...said, ...change }, by)).toString("base64"),
      ...{ monitor, policy, ledger, time },
    });
    const stranger = "monitor-not-trusted";
    return [
      accepted("a monitor that is heard within the time that it promised", await given()),
      accepted("by whoever has seen less than the monitor", await given({}, watch, "watch", start - 1)),
      refused("a second later", "monitor-silent", await given({}, watch, "watch", start + 61)),
      refused("one that says that it is blind", "monitor-blind", await given({ blind: "unreachable" })),
      refused("attack: one monitor's word in another's place", stranger, await given({}, watch, "second")),
      refused("attack: in another's name", stranger, await given({ monitor: "second" })),
      refused("attack: another key", stranger, await given({}, second)),
      refused("attack: a monitor whom the policy does not name", stranger, await given({ monitor: "mallory" }, watch, "mallory")),
      refused("too few witnesses date it", "witness-quorum-missing", await given({ checkpoint: await log.note([start]) })),
      refused("a promise of no time", "malformed-document", await given({ within: 0 })),
      refused("a promise for longer than a day", "malformed-document", await given({ within: 86_401 })),
      refused("a field that nobody knows", "malformed-document", await given({ size: 1 })),
    ];
  },
  async answer({ heartbeat: bytes, monitor, policy, ledger: of, time }) {
    const by = readPolicy(policy);
    if (!by.ok) return by;
    const candidate = readEnvelope(heartbeat, Buffer.from(bytes, "base64"), "heartbeat");
    if (!candidate.ok) return candidate;
    const trust = ledgerOf(of);
    const checkpoint = claimedCheckpoint(candidate.value.signed.checkpoint, trust);
    if (!checkpoint.ok) return checkpoint;
    const subject = { candidate: candidate.value, monitor, policy: by.value, ledger: trust, checkpoint: checkpoint.value, time };
    return judge(subject, heartbeatChecks).outcome;
  },
};
