// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packDirectory } from "@countersign/repository/pack";
import type { Digest } from "@countersign/trust/digest";
import type { Artifact } from "@countersign/trust/release/statement";

/** The one platform of the lab. */
export const platform = "linux-x64";

/** A program that is packed and ready to be released, honestly or not. */
export interface Payload {
  readonly program: string;
  readonly directory: string;
  readonly bytes: Uint8Array;
  readonly artifact: Artifact;
}

/**
 * Packs a shell script `bin/<program>` that says `words`, and that it is well when asked for its health. `ballast` is how many random
 * bytes it carries along: a trojan is small, so that it fits wherever the program fits whose place it takes. `beside`: other files of it.
 */
export async function packProgram(
  directory: string,
  program: string,
  words: string,
  ballast = 0,
  beside: Readonly<Record<string, string>> = {},
): Promise<Payload> {
  const tree = join(directory, "tree");
  await mkdir(join(tree, "bin"), { recursive: true });
  const script = `#!/bin/sh\nif [ "$1" = --health ]; then echo well; else echo '${words}'; fi\nexit\n${randomBytes(ballast).toString("hex")}\n`;
  await writeFile(join(tree, "bin", program), script, { mode: 0o755 });
  for (const [path, text] of Object.entries(beside)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const file = join(directory, "program.tar.zst");
  const packed = await packDirectory(tree, file);
  if (!packed.ok) throw new Error(`${packed.refusal.code}: ${packed.refusal.found}`);
  const { sha256, length, unpacked, files } = packed.value;
  const artifact = { platform, name: `${program}.tar.zst`, sha256: sha256 as Digest, length, unpacked, files };
  return { program, directory: tree, bytes: await readFile(file), artifact };
}
