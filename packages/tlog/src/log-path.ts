// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "./hash.ts";
import { bundlePath, TILE_WIDTH, type Tile, tilePath } from "./tile.ts";

/** A file of a log by its path: a tile of hashes, or a bundle of entries, which is a tile of level `entries`. */
export interface LogPath extends Omit<Tile, "level"> {
  readonly level: number | "entries";
}

const MAX_LEVEL = 63;
const FORM = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/;

/** Accepts exactly what `tilePath` and `bundlePath` print (c2sp.org/tlog-tiles). */
export function parseLogPath(path: string): LogPath | undefined {
  const [, kind, groups = "", partial] = FORM.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const index = groups.split("/").reduce((sum, group) => sum * 1000 + Number(group.replace("x", "")), 0);
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const parsed: LogPath = { level: kind === "entries" ? "entries" : Number(kind), index, width };
  const possible =
    width >= 1 && width <= TILE_WIDTH && Number.isSafeInteger(index) && (parsed.level === "entries" || parsed.level <= MAX_LEVEL);
  return possible && logPath(parsed) === path ? parsed : undefined;
}

export function logPath({ level, index, width }: LogPath): string {
  return level === "entries" ? bundlePath(index, width) : tilePath({ level, index, width });
}

/** Below which the files of a former log stand in a repository, where those of the one that is followed stand below `log/`. */
export function formerLogPrefix(origin: string): string {
  return `former-logs/${Buffer.from(sha256(Buffer.from(origin))).toString("hex")}/`;
}
