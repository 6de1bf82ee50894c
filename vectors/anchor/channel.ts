// SPDX-License-Identifier: Apache-2.0
import { channelAuthority, channelChecks, channelPath, targets } from "@countersign/trust/anchor/targets";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { envelope } from "@countersign/trust/envelope";
import { expires, people, targetsOf } from "@countersign/trust/founding.test-support";
import { principalOf } from "@countersign/trust/policy/policy";
import { accept } from "@countersign/trust/refusal";
import { digestOf, type Person, person, signDocument } from "@countersign/trust/simulator.test-support";
import { accepted, found, policy, readPolicy, refused } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

const { alice, bob, carol } = people;
const malformed = "malformed-document";
const path = channelPath("stable", "hello", "linux-x64", "head.json");

interface Given {
  /** What delegates to the channel `stable`. */
  readonly targets: unknown;
  readonly policy: unknown;
  /** The channel's file before, or null. */
  readonly stored: unknown;
  readonly file: unknown;
  /** Unix seconds. */
  readonly now: number;
}

/** A channel's file beside the targets that delegate to it; snapshot lists exactly these. Yields the SHA-256 of the head for one platform of one product. */
export const channelVectors: VectorFile<Given> = {
  path: "anchor/channel.json",
  async cases() {
    const listed = digestOf("a head");
    const named = (target: string, hashes: object = { sha256: listed }): object => ({ [target]: { length: 5, hashes } });
    const head = (digest: string): object => named(path, { sha256: digestOf(digest) });
    const fields = { ...targetsOf(named(path)), version: 7, delegations: undefined };
    const file = (change: object = {}, ...by: readonly Person[]): Promise<object> =>
      signDocument({ ...fields, ...change }, ...(by.length > 0 ? by : [alice, bob]));
    const top = (change: object = {}, keys: readonly Person[] = [alice, bob]): Promise<object> => {
      const keyids = keys.map(({ keyid }) => keyid);
      const role = { name: "stable", keyids, threshold: 2, terminating: true, paths: ["stable/*/*/*"], ...change };
      const delegations = { keys: Object.fromEntries(keys.map(({ keyid, key }) => [keyid, key])), roles: [role] };
      return signDocument(targetsOf({}, { delegations }), alice, bob);
    };
    const stored = await file();
    const now = Date.parse(expires) / 1000 - 1;
    const usual = { targets: await top(), policy, stored, file: await file({ version: 8 }), now };
    const given = (change: Partial<Given> = {}): Given => ({ ...usual, ...change });
    const news = async (change: object): Promise<Given> => given({ file: await file({ version: 8, ...change }) });
    const delegated = async (description: string, change: object): Promise<Vector<Given>> =>
      refused(description, malformed, given({ targets: await top(change) }));
    const second = person("alice's second key");
    const three = [alice, second, bob];
    const holders = { ...policy.holders, [second.keyid]: { key: second.key, holder: "alice-2", owner: "alice" } };
    const byTwoKeys = { targets: await top({}, three), file: await file({ version: 8 }, alice, second) };
    const next = await signDocument({ ...fields, version: 8 }, alice, bob);
    const spelled = (spell: (sig: string) => string): object => ({
      ...next,
      signatures: next.signatures.map(({ keyid, sig }) => ({ keyid, sig: spell(sig) })),
    });
    const beside = { ...next, signatures: [...next.signatures, { keyid: carol.keyid, sig: "" }] };
    const of = (target: string): Promise<Given> => news({ targets: named(target) });
    return [
      accepted("the next file of a channel", given(), listed),
      accepted("the first one", given({ stored: null }), listed),
      accepted("the same one", given({ file: stored }), listed),
      refused("attack: an older one", "version-rolled-back", await news({ version: 6 })),
      refused("attack: another one of the same version", "version-rolled-back", await news({ version: 7, targets: head("another head") })),
      refused("expired", "expired", given({ now: now + 1 })),
      refused("attack: one signer of two", "threshold-not-met", given({ file: await file({ version: 8 }, alice) })),
      refused(
        "attack: a signer to whom nothing is delegated",
        "threshold-not-met",
        given({ file: await file({ version: 8 }, alice, carol) }),
      ),
      refused("attack: two keys of one owner", "owners-not-distinct", given({ ...byTwoKeys, policy: { ...policy, holders } })),
      refused("attack: a signer whom the policy does not know", "owners-not-distinct", given(byTwoKeys)),
      refused("attack: a head of another channel", "path-not-delegated", await of("beta/hello/linux-x64/head.json")),
      refused("attack: a path that is deeper than what is delegated", "path-not-delegated", await of("stable/hello/linux-x64/a/b")),
      refused("a signature in upper-case hex", malformed, given({ file: spelled((sig) => sig.toUpperCase()) })),
      refused("attack: a signature that is no hex, beside those of the signers", malformed, given({ file: beside })),
      refused("a target without a SHA-256", malformed, await news({ targets: named(path, { sha512: "00".repeat(64) }) })),
      await delegated("a channel that has the name of a role of root's", { name: "snapshot" }),
      await delegated("a delegation by the digests of paths", { path_hash_prefixes: ["00"] }),
      await delegated("a pattern that takes a part of a segment", { paths: ["stable/*/*/*.json"] }),
      await delegated("a threshold that its keys cannot meet", { threshold: 3 }),
      await delegated("a delegation to a key that is not there", { keyids: [alice.keyid, carol.keyid] }),
    ];
  },
  async answer({ now, ...given }) {
    const top = decode(envelope(targets), given.targets, "targets");
    if (!top.ok) return top;
    const by = readPolicy(given.policy);
    if (!by.ok) return by;
    const authority = found(channelAuthority(top.value.signed, "stable"), "a delegation to stable");
    if (!authority.ok) return authority;
    const stored = given.stored === null ? accept(undefined) : decode(envelope(targets), given.stored, "stored");
    if (!stored.ok) return stored;
    const candidate = decode(envelope(targets), given.file, "channel file");
    if (!candidate.ok) return candidate;
    const ownerOf = (keyid: string): string | undefined => principalOf(by.value, keyid);
    const context = { authority: authority.value, ownerOf, stored: stored.value, listed: undefined, now: now * 1000 };
    const { outcome } = judge({ candidate: candidate.value, ...context }, channelChecks);
    if (!outcome.ok) return outcome;
    const target = outcome.value.signed.targets.get(path);
    return target.ok ? found(target.value?.hashes.sha256, path) : target;
  },
};
