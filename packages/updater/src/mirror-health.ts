// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { closed, type Decoder, decode, integer, record, text } from "@countersign/trust/decode";
import { writeDurably } from "./durable.ts";
import type { KnownHealth, MirrorHealth } from "./mirrors.ts";

const health: Decoder<KnownHealth> = record(text, closed<MirrorHealth>({ failures: integer(1), restsUntil: integer(0) }));

/** What a device knows of its mirrors. No decision about trust hangs on it, so a file that cannot be read is simply no knowledge. */
export async function readMirrorHealth(directory: string): Promise<KnownHealth> {
  try {
    const known = decode(health, JSON.parse(await readFile(fileIn(directory), "utf8")), "mirrors.json");
    return known.ok ? known.value : {};
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && "syscall" in error)) return {};
    throw error;
  }
}

/** Keeps it for the next attempt, if it is news. */
export async function writeMirrorHealth(directory: string, before: KnownHealth, after: KnownHealth): Promise<void> {
  const text = JSON.stringify(after);
  if (text !== JSON.stringify(before)) await writeDurably(fileIn(directory), `${text}\n`);
}

function fileIn(directory: string): string {
  return join(directory, "mirrors.json");
}
