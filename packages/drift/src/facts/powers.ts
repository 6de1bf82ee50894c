// SPDX-License-Identifier: Apache-2.0

/** What a script or a unit grants beyond what a plain program has. */
const grants: readonly (readonly [pattern: RegExp, power: string])[] = [
  [/\bchmod\s+(?:-R\s+)?(?:[0-7]?[4-7][0-7]{3}\b|[ug]\+s\b)/, "sets setuid or setgid"],
  [/\bsetcap\s+\S/, "sets file capabilities"],
  [/^\s*(?:AmbientCapabilities|CapabilityBoundingSet)\s*=\s*\S/m, "asks for capabilities"],
  [/^\s*User\s*=\s*root\b/m, "runs as root"],
  [/\b(?:insmod|modprobe|depmod)\b/, "loads kernel modules"],
  [/\b(?:crontab\s+-|systemctl\s+(?:enable|link))\b/, "makes itself run again"],
  [/\bcurl\b[^\n|]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\bwget\b[^\n|]*\|\s*(?:ba|z)?sh\b/, "runs what it downloads"],
  [/^\s*(?:NoNewPrivileges|ProtectSystem|PrivateTmp|ProtectHome)\s*=\s*(?:no|false)\b/m, "loosens its sandbox"],
];

/** The powers that a shell script, a unit or a package script grants, by its text. */
export function powersIn(text: string): readonly string[] {
  return grants.filter(([pattern]) => pattern.test(text)).map(([, power]) => power);
}
