// SPDX-License-Identifier: Apache-2.0

/** Files that an operating system runs, or obeys, because of where they lie. */
export type SystemRole =
  | "service"
  | "timer"
  | "cron"
  | "init script"
  | "kernel module"
  | "udev rule"
  | "sudoers"
  | "polkit rule"
  | "login script"
  | "autostart"
  | "linker preload"
  | "package script"
  | "launch agent";

const roles: readonly (readonly [pattern: RegExp, role: SystemRole])[] = [
  [/\.(?:service|socket|path|mount)$/, "service"],
  [/\.timer$/, "timer"],
  [/(?:^|\/)etc\/cron[^/]*\/|(?:^|\/)crontabs?(?:\/|$)/, "cron"],
  [/(?:^|\/)etc\/(?:init\.d|rc\d?\.d|rc\.local)/, "init script"],
  [/\.ko(?:\.(?:xz|gz|zst))?$/, "kernel module"],
  [/(?:^|\/)udev\/rules\.d\//, "udev rule"],
  [/(?:^|\/)etc\/sudoers/, "sudoers"],
  [/(?:^|\/)polkit-1\//, "polkit rule"],
  [/(?:^|\/)etc\/(?:profile|profile\.d|bash\.bashrc|zsh)/, "login script"],
  [/(?:^|\/)autostart\/[^/]*\.desktop$/, "autostart"],
  [/(?:^|\/)etc\/ld\.so\.(?:preload|conf)/, "linker preload"],
  [/(?:^|\/)(?:DEBIAN|scripts)\/(?:pre|post)(?:inst|rm)$/, "package script"],
  [/(?:^|\/)Launch(?:Agents|Daemons)\/[^/]*\.plist$/, "launch agent"],
];

export function systemRole(path: string): SystemRole | undefined {
  return roles.find(([pattern]) => pattern.test(path))?.[1];
}

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
