// SPDX-License-Identifier: Apache-2.0
import { type SystemPrivilege, systemFile } from "@countersign/trust/release/system-file";
import type { Contents } from "./contents.ts";
import type { Evidence } from "./detector.ts";
import type { Capability } from "./facts/capabilities.ts";

/** What a release must declare to do, by the words of its statement's `privileges`. */
export interface ObservedPrivilege extends Evidence {
  readonly privilege: SystemPrivilege | "network" | "process" | "secrets";
}

const ofCapability: Readonly<Partial<Record<Capability, ObservedPrivilege["privilege"]>>> = {
  process: "process",
  network: "network",
  dns: "network",
  http: "network",
  "sensitive path": "secrets",
};

/** What the bytes of a release can do, as far as they show it, the first place of each. Pure, and no proof of innocence: native code shows its imports only. */
export function observedPrivileges({ files }: Contents): readonly ObservedPrivilege[] {
  const found: ObservedPrivilege[] = [...files.values()].flatMap((file): readonly ObservedPrivilege[] => {
    const { path } = file;
    const system = systemFile(path);
    return [
      ...file.capabilities.flatMap(({ what, line }): readonly ObservedPrivilege[] => {
        const privilege = ofCapability[what as Capability];
        return privilege === undefined ? [] : [{ privilege, text: what, path, line }];
      }),
      ...file.imports.flatMap((name) => importedPrivilege(name).map((privilege) => ({ privilege, text: name, path }))),
      ...((file.mode & 0o6000) !== 0 || file.fileCapabilities
        ? [{ privilege: "root" as const, text: "setuid or capabilities", path }]
        : []),
      ...file.powers.map((text) => ({ privilege: text.includes("kernel") ? ("kernel" as const) : ("root" as const), text, path })),
      ...(system === undefined ? [] : [{ privilege: system.privilege, text: system.role, path }]),
    ];
  });
  return [...new Map(found.reverse().map((each) => [each.privilege, each])).values()].reverse();
}

function importedPrivilege(name: string): readonly ObservedPrivilege["privilege"][] {
  const bare = name.replace(/^.*!/, "").toLowerCase();
  if (/^(?:socket|connect|getaddrinfo|wsastartup|internetopen[aw]?|winhttpopen)$/.test(bare)) return ["network"];
  if (/^(?:execv?p?e?|fork|vfork|posix_spawnp?|system|popen|createprocess[aw]?|shellexecute(?:ex)?[aw]?)$/.test(bare)) return ["process"];
  return /^(?:setuid|setgid|setresuid|capset)$/.test(bare) ? ["root"] : [];
}
