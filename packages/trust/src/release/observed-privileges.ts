// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Statement } from "./statement.ts";
import type { SystemFile } from "./system-file.ts";

/** A file that certainly is what it is to the system. */
export interface ObservedFile extends Pick<SystemFile, "role" | "privilege"> {
  readonly path: string;
}

export interface ObservedSubject {
  readonly candidate: Pick<Statement, "privileges">;
  readonly observed: readonly ObservedFile[];
}

/** Gate 14: a release brings nothing that the system runs or obeys by itself without having said so to those who approved it. */
export const observedPrivilegeChecks: readonly Check<ObservedSubject>[] = [
  {
    name: "stage/observed-privileges",
    source: "declared privileges against observed ones",
    examine: ({ candidate: { privileges }, observed }) => {
      const silent = observed.filter(({ privilege }) => !privileges.includes(privilege));
      const missing = [...new Set(silent.map(({ privilege }) => privilege))].join(", ");
      return decide(
        silent.length === 0,
        `no file that takes more than is declared: ${privileges.join(", ") || "no privileges"}`,
        inWords(silent.length === 0 ? observed : silent),
        "privilege-undeclared",
        `Do not install. If the release is yours, declare ${missing} and grant it on devices, or leave the files out; then release it as a new version.`,
      );
    },
  },
];

/** The first file of each privilege, and how many there are besides. */
function inWords(files: readonly ObservedFile[]): string {
  if (files.length === 0) return "none that the system runs or obeys by itself";
  const first = [...new Map(files.toReversed().map((file) => [file.privilege, file])).values()].reverse();
  const named = first.map(({ path, role, privilege }) => `${JSON.stringify(path)} (${role}) takes ${privilege}`).join("; ");
  return files.length === first.length ? named : `${named}; and ${files.length - first.length} more`;
}
