// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type SystemRole, systemFile } from "@countersign/trust/release/system-file";
import { capabilitiesIn } from "./capabilities.ts";
import { withoutComments } from "./comments.ts";
import { elfImports } from "./elf.ts";
import { entropyOf } from "./entropy.ts";
import { hostsIn } from "./hosts.ts";
import { type Kind, kindOf } from "./kind.ts";
import type { Mention } from "./mention.ts";
import { type Obfuscation, obfuscationIn } from "./obfuscation.ts";
import { peImports, peOverlay } from "./pe.ts";
import { powersIn } from "./powers.ts";

/** One entry of a release, before anybody looked into it. */
export interface ReleaseFile {
  /** From the root of the release, with slashes. */
  readonly path: string;
  readonly type: "file" | "link" | "other";
  /** Permission bits, setuid and its like included. */
  readonly mode: number;
  /** Its content; of a large file the first `MAX_LOOKED` of it, with `whole` beside. */
  readonly bytes: Uint8Array;
  readonly whole?: { readonly size: number; readonly sha256: string };
  /** Linux file capabilities, where the archive carries them (`security.capability`). */
  readonly fileCapabilities?: boolean;
}

/** All that is kept of a file: facts that are compared, never its content. The same bytes under the same name and mode give the same facts. */
export interface FileFacts extends Omit<ReleaseFile, "bytes" | "whole"> {
  readonly size: number;
  readonly sha256: string;
  readonly kind: Kind;
  readonly entropy: number;
  readonly role: SystemRole | undefined;
  /** What code says, without its comments; empty for anything else. */
  readonly hosts: readonly Mention[];
  readonly capabilities: readonly Mention[];
  readonly obfuscation: Obfuscation | undefined;
  /** What a native file imports. */
  readonly imports: readonly string[];
  /** Bytes of a Windows program that none of its headers describes. */
  readonly overlay: number;
  /** What a script or a unit grants. */
  readonly powers: readonly string[];
}

/** How much of a file is looked at; its size and digest are those of the whole. Bytes. */
export const MAX_LOOKED: number = 64 * 1024 * 1024;

/** Beyond this, text is not looked into: its size, digest and entropy still are. Bytes. */
export const MAX_TEXT: number = 8 * 1024 * 1024;

export function fileFacts({ bytes, whole, ...file }: ReleaseFile): FileFacts {
  const kind = kindOf(file.path, bytes);
  const role = systemFile(file.path)?.role;
  const read = bytes.length <= MAX_TEXT && (kind === "code" || kind === "shell" || role !== undefined);
  const text = read ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8") : "";
  const code =
    kind === "code" ? withoutComments(text, /\.(?:py|rb|pl)$/.test(file.path) ? "hashes" : "slashes") : withoutComments(text, "hashes");
  return {
    ...file,
    size: whole?.size ?? bytes.length,
    sha256: whole?.sha256 ?? createHash("sha256").update(bytes).digest("hex"),
    kind,
    entropy: entropyOf(bytes),
    role,
    hosts: hostsIn(code),
    capabilities: kind === "code" ? capabilitiesIn(code) : [],
    obfuscation: read && kind === "code" ? obfuscationIn(text) : undefined,
    imports: kind === "native" ? [...elfImports(bytes), ...peImports(bytes)] : [],
    overlay: kind === "native" && (whole?.size ?? bytes.length) === bytes.length ? peOverlay(bytes) : 0,
    powers: kind === "shell" || role !== undefined ? powersIn(code) : [],
  };
}
