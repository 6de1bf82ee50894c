// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { observedPrivileges } from "../observed-privileges.ts";

/** What people approved is what the statement declares; what the bytes can do besides, nobody approved. */
export const privilegeUndeclared: Detector = {
  signal: "privilege-undeclared",
  group: "privilege",
  title: "The release can do what its statement does not declare",
  detect: ({ before, after }) => {
    if (after.declared === undefined) return [];
    const known = new Set(before === undefined ? [] : observedPrivileges(before.contents).map(({ privilege }) => privilege));
    return observedPrivileges(after.contents)
      .filter(({ privilege }) => after.declared?.includes(privilege) === false && !known.has(privilege))
      .map(({ privilege, ...evidence }) => ({ ...evidence, text: `${privilege}: ${evidence.text}` }));
  },
};
