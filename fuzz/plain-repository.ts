// SPDX-License-Identifier: Apache-2.0
import { delegate, delegateBins, type NewDelegation } from "@countersign/repository/edit/delegation-edits";
import { firstRoot, firstTargets } from "@countersign/repository/edit/first";
import { type Edition, publication } from "@countersign/repository/edit/publication";
import { revise } from "@countersign/repository/edit/revise";
import { splice } from "@countersign/repository/edit/splice";
import { setTarget } from "@countersign/repository/edit/target-edits";
import type { SigningKey } from "@countersign/repository/sign-document";
import { targetFileOf } from "@countersign/repository/target-path";
import { sha256 } from "@countersign/tlog/hash";
import { signerFromSeed } from "@countersign/tlog/signer";
import { keyidOf, type PublicKey } from "@countersign/trust/key";

/** A key that is the same in every run, and nobody's. */
export interface KnownKey extends SigningKey {
  readonly tuf: PublicKey;
}

export function knownKey(name: string): KnownKey {
  const { publicKey, sign } = signerFromSeed(sha256(Buffer.from(name)), name, 1);
  const tuf: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: Buffer.from(publicKey).toString("hex") } };
  return { keyid: keyidOf(tuf), tuf, sign };
}

const expires = "2090-01-01T00:00:00Z";
const quorum = (role: string) => ({ keys: [knownKey(role).tuf], threshold: 1 });
const target = (path: string) => setTarget(path, targetFileOf(Buffer.from(path)));

/**
 * A plain TUF repository, the same in every run, by file name: two roots, delegations by paths and by hash prefixes, and bins; each role with the key of
 * its own name. Its snapshot lists versions only, so that a file that is signed anew is judged by what it says.
 */
export async function plainRepository(): Promise<ReadonlyMap<string, Uint8Array>> {
  const role = (name: string, paths: readonly string[]): NewDelegation => ({ name, ...quorum(name), terminating: false, paths });
  let top = splice(firstTargets(expires), [target("top.txt"), target("other.txt")]);
  top = splice(top, delegate(top, role("one", ["one/*", "one/?/*.bin"])));
  top = splice(top, delegate(top, { name: "half", ...quorum("half"), terminating: true, pathHashPrefixes: ["0", "7f"] }));
  const one = splice(firstTargets(expires), [target("one/a.txt")]);
  const binned = splice(one, delegateBins(one, { namePrefix: "bin", bitLength: 3, ...quorum("bin") }));
  const roots = { root: quorum("root"), timestamp: quorum("timestamp"), snapshot: quorum("snapshot"), targets: quorum("targets") };
  const root = firstRoot(roots, expires);
  const changed = new Map([
    ["root", root],
    ["targets", top],
    ["one", binned],
    ["half", firstTargets(expires)],
  ]);
  const before: Edition = { root, snapshot: undefined, timestamp: undefined };
  const terms = {
    keysOf: (name: string) => [knownKey(name)],
    expires: { snapshot: expires, timestamp: expires },
    listing: "versions" as const,
  };
  const first = await publication(before, changed, terms);
  const second = await publication(first.edition, new Map([["root", revise(root, expires)]]), terms);
  const earlier = [...first.files].map(([name, bytes]) => [name === "timestamp.json" ? "1.timestamp.json" : name, bytes] as const);
  return new Map([...earlier, ...second.files]);
}
