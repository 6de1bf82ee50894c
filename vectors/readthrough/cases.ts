// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { people } from "@countersign/trust/founding.test-support";
import type { Policy } from "@countersign/trust/policy/policy";
import { type ReadPastSubject, readPastCheck, readThroughChecks } from "@countersign/trust/readthrough/checks";
import { type ReadThrough, readReadThrough } from "@countersign/trust/readthrough/read-through";
import { head } from "@countersign/trust/release/head";
import { digestOf, orderOf, type Person, person, statementOf, TestLog } from "@countersign/trust/simulator.test-support";
import {
  accepted,
  approvedBy,
  cosigned,
  found,
  type GivenLedger,
  headOf,
  ledger,
  ledgerOf,
  policyWith,
  readPolicy,
  refused,
  served,
  start,
} from "../scene.ts";
import type { VectorFile } from "../vector.ts";

interface Given {
  /** The last release of the head is judged, or its last order where it has orders. */
  readonly head: unknown;
  readonly policy: unknown;
  readonly ledger: GivenLedger;
  /** What is served at `readthrough/<monitor>`, by monitor. One that does not verify is as good as none. */
  readonly readThroughs: Readonly<Record<string, string>>;
}

export const readThroughVectors: VectorFile<Given> = {
  path: "readthrough/readthrough.json",
  async cases() {
    const { alice, bob } = people;
    const [watch, second, w1] = [person("watch"), person("second"), person("w1")];
    const log = new TestLog();
    await log.append({ type: "root", digest: digestOf("root") });
    const before = await log.note([start, start, start]); // size 1: not the entry
    const release = await approvedBy(statementOf(), log, start, alice); // entry 1
    const note = await log.note([start, start, start]); // size 2
    const monitors = (readThrough: number, change: object = {}): Policy => {
      const holder = (who: Person, owner = who.name): object => ({ key: who.key, holder: who.name, owner });
      const holders = { ...policyWith({}).holders, [watch.keyid]: holder(watch), [second.keyid]: holder(second), [w1.keyid]: holder(w1) };
      return policyWith({ readThrough }, { holders, monitors: { watch: watch.keyid, second: second.keyid }, ...change });
    };
    const given = (readThroughs: Given["readThroughs"], by: Policy = monitors(1), of = headOf([release])): Given => ({
      head: served(of),
      policy: by,
      ledger,
      readThroughs,
    });
    const by = (monitor: string, of = note, seed = monitor, time = start): Promise<string> => cosigned(of, monitor, time, seed);
    const missing = "not-read-past";
    const order = async (action: "slow" | "widen") =>
      headOf(
        [release],
        [await approvedBy(orderOf({ action, to: null, overSeconds: action === "widen" ? 0 : null }), log, start, alice, bob)],
      );
    const oneOwner = monitors(2);
    const second2 = {
      ...oneOwner,
      holders: { ...oneOwner.holders, [second.keyid]: { key: second.key, holder: "second", owner: "watch" } },
    };
    return [
      accepted("one monitor has read past the entry", given({ watch: await by("watch") })),
      accepted("two of them, where two are asked for", given({ watch: await by("watch"), second: await by("second") }, monitors(2))),
      accepted("a channel that asks for none", given({}, monitors(0))),
      refused("nobody has read", missing, given({})),
      refused("attack: a note without the monitor's cosignature", missing, given({ watch: note })),
      refused("attack: one monitor's word in another's place", missing, given({ second: await by("watch") })),
      refused("attack: another key under the monitor's name", missing, given({ watch: await by("watch", note, "mallory") })),
      refused(
        "attack: a witness's key as a monitor's",
        missing,
        given({ w1: note }, monitors(1, { monitors: { w1: w1.keyid, second: second.keyid } })),
      ),
      refused("attack: a monitor whom the policy does not name", missing, given({ mallory: await by("mallory") })),
      refused("read up to the entry, and not past it", missing, given({ watch: await by("watch", before) })),
      refused("a cosignature that claims no time", missing, given({ watch: await by("watch", note, "watch", 0) })),
      refused("too few witnesses", missing, given({ watch: await by("watch", await log.note([start])) })),
      refused("one of two", missing, given({ watch: await by("watch") }, monitors(2))),
      refused("more monitors than owners", "malformed-document", given({ watch: await by("watch") }, second2)),
      accepted("an order that halts waits for no monitor", given({}, monitors(1), await order("slow"))),
      refused("one that widens does", missing, given({ watch: await by("watch", before) }, monitors(1), await order("widen"))),
    ];
  },
  async answer({ readThroughs, ...given }) {
    const read = decode(head, given.head, "head");
    if (!read.ok) return read;
    const by = readPolicy(given.policy);
    if (!by.ok) return by;
    const { releases, orders, channel } = read.value;
    const candidate = found<ReadPastSubject["candidate"]>(orders.at(-1) ?? releases.at(-1), "an entry");
    if (!candidate.ok) return candidate;
    const rules = found(by.value.channels[channel], "the channel's rules");
    if (!rules.ok) return rules;
    const trust = ledgerOf(given.ledger);
    const heard = Object.entries(readThroughs).flatMap(([monitor, note]): readonly ReadThrough[] => {
      const claimed = readReadThrough(monitor, Buffer.from(note), trust);
      const verified = claimed.ok
        ? judge({ candidate: claimed.value, policy: by.value, ledger: trust }, readThroughChecks).outcome
        : claimed;
      return verified.ok ? [verified.value] : [];
    });
    return judge({ candidate: candidate.value, policy: by.value, rules: rules.value, readThroughs: heard }, [readPastCheck]).outcome;
  },
};
