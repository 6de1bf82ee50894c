// SPDX-License-Identifier: Apache-2.0
import { any, atom, type Formula, never, prevents } from "./formula.ts";
import {
  approvalQuorum,
  buildersMissing,
  logKey,
  monitorQuorum,
  revokerQuorum,
  signingQuorum,
  topQuorum,
  witnessQuorum,
} from "./quorums.ts";
import type { ChannelUnder, Sight, Way } from "./way.ts";

const stale: Sight = { says: "devices say that nothing new reaches them", unless: never };
const refused: Sight = { says: "devices refuse what they are served, and report why", unless: never };
const named: Sight = { says: "the denial or order names who made it", unless: never };

/** Whoever can keep the next release from devices: by withholding what only they can give, or by using what they have. */
export function waysToStop(under: ChannelUnder): readonly Way[] {
  const { policy, rules } = under;
  const way = (name: string, does: string, takes: Formula, ...sights: readonly Sight[]): Way => ({
    goal: "stop",
    name,
    does,
    takes,
    sights,
  });
  const withheldOrMisused = (role: "root" | "targets" | "snapshot" | "timestamp"): Formula =>
    any(prevents(topQuorum(under, role)), topQuorum(under, role));
  return [
    way("deny", "revoke every release", any(...Object.values(policy.revokers).map(atom)), named),
    ...(rules.brakeBits === undefined
      ? []
      : [way("brake", "hold each release once, for 72 hours", any(...Object.values(policy.brakes ?? {}).map(atom)), named)]),
    way("order", "slow every release, or recall devices to an earlier one: halting takes one", any(...rules.approvers.map(atom)), named),
    way("serve", "withhold everything from the devices it serves", atom("distribute"), stale),
    way("collect", "lose proposals and approvals", atom("govern"), stale),
    way(
      "publish",
      "list nothing new, or versions that no honest file can follow",
      any(withheldOrMisused("snapshot"), withheldOrMisused("timestamp")),
      stale,
    ),
    way("log", "take no entries", logKey(under), stale),
    way(
      "witness",
      "cosign nothing, or move time beyond all that is fresh",
      any(prevents(witnessQuorum(under)), witnessQuorum(under)),
      stale,
    ),
    way("sign", "sign nothing", prevents(signingQuorum(under, under.channel)), stale),
    way("approve", "propose or approve nothing", prevents(approvalQuorum(policy, rules)), stale),
    way("build", "attest nothing", buildersMissing(policy, rules), stale),
    way("renew", "let revocation lists grow old", prevents(revokerQuorum(policy, rules)), refused),
    way("read", "let no monitor read on", prevents(monitorQuorum(policy, rules)), stale),
    way("targets", "let targets expire, or sign some that nothing stands under", withheldOrMisused("targets"), refused),
    way("root", "let root expire, or sign one that nothing stands under", withheldOrMisused("root"), refused),
  ];
}
