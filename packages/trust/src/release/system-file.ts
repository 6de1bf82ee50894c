// SPDX-License-Identifier: Apache-2.0

/** What a file is to an operating system that runs it, or obeys it, by itself. */
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

/** What a release that brings such a file must declare, by the words of a statement's `privileges`. */
export type SystemPrivilege = "service" | "root" | "kernel";

/** What a path says of a file. */
export interface SystemFile {
  readonly role: SystemRole;
  readonly privilege: SystemPrivilege;
  /** The first bytes that make it certain, in hex: none where its place alone does; undefined where a name can only suggest it. */
  readonly certainWith: string | undefined;
}

const itsPlace = "";
const elf = "7f454c46";
const pe = "4d5a";

/** The first that fits says what a file is. */
const table: readonly (readonly [pattern: RegExp, role: SystemRole, privilege: SystemPrivilege, certainWith?: string])[] = [
  [/(?:^|\/)systemd\/(?:system|user)\/[^/]+\.(?:service|socket|path|mount)$/, "service", "service", itsPlace],
  [/(?:^|\/)systemd\/(?:system|user)\/[^/]+\.timer$/, "timer", "service", itsPlace],
  [/(?:^|\/)(?:etc\/cron\.(?:d|hourly|daily|weekly|monthly)\/|etc\/crontab$|var\/spool\/cron\/)/, "cron", "service", itsPlace],
  [/(?:^|\/)etc\/(?:init\.d\/|rc[\dS]?\.d\/|rc\.local$)/, "init script", "service", itsPlace],
  [/(?:^|\/)autostart\/[^/]*\.desktop$/, "autostart", "service", itsPlace],
  [/(?:^|\/)Launch(?:Agents|Daemons)\/[^/]*\.plist$/i, "launch agent", "service", itsPlace],
  [/(?:^|\/)udev\/rules\.d\//, "udev rule", "root", itsPlace],
  [/(?:^|\/)etc\/sudoers(?:$|\.d\/)/, "sudoers", "root", itsPlace],
  [/(?:^|\/)polkit-1\//, "polkit rule", "root", itsPlace],
  [/(?:^|\/)etc\/ld\.so\.(?:preload$|conf$|conf\.d\/)/, "linker preload", "root", itsPlace],
  [/(?:^|\/)lib\/modules\/.*\.ko(?:\.(?:xz|gz|zst))?$/, "kernel module", "kernel", itsPlace],
  [/\.kext\/Contents\/Info\.plist$/i, "kernel module", "kernel", itsPlace],
  [/\.ko$/, "kernel module", "kernel", elf],
  [/\.sys$/i, "kernel module", "kernel", pe],
  [/\.ko\.(?:xz|gz|zst)$/, "kernel module", "kernel"],
  [/\.(?:service|socket|path|mount)$/, "service", "service"],
  [/\.timer$/, "timer", "service"],
  [/(?:^|\/)etc\/cron[^/]*\/|(?:^|\/)crontabs?(?:\/|$)/, "cron", "service"],
  [/(?:^|\/)etc\/(?:profile|profile\.d|bash\.bashrc|zsh)/, "login script", "service"],
  [/(?:^|\/)(?:DEBIAN|scripts)\/(?:pre|post)(?:inst|rm)$/, "package script", "root"],
];

/** What the path of a file, from the root of its release, says of it; undefined where it is one for programs and people only. */
export function systemFile(path: string): SystemFile | undefined {
  const row = table.find(([pattern]) => pattern.test(path));
  return row && { role: row[1], privilege: row[2], certainWith: row[3] };
}
