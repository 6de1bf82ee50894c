// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { each } from "../each.ts";
import { number } from "../number.ts";

/** What the verbs of `tuf` are told, before the verb or after it. */
export interface TufOptions {
  readonly metadataDir?: string;
  readonly metadataUrl?: readonly string[];
  readonly targetBaseUrl?: readonly string[];
  readonly targetDir?: string;
  readonly targetName?: readonly string[];
  readonly map?: string;
  readonly root?: string;
  readonly lazyFor?: number;
  readonly offlineUntil?: string;
  readonly header?: readonly string[];
  readonly proxy?: string;
  readonly ca?: string;
  readonly verbose?: true;
}

/** A century: more is a slip of the pen. */
const mostSeconds = 100 * 366 * 86_400;

export function withStore(command: Command): Command {
  return command.option("--metadata-dir <dir>", "where trusted metadata is kept, as <role>.json");
}

export function withRepository(command: Command): Command {
  return withStore(command)
    .option("--metadata-url <url>", "where metadata is served; given again, a mirror that is asked when those before it fail", each)
    .option("--root <file>", "the root to begin with; the directory's own is then believed only as far as it follows from this one")
    .option("--map <file>", "ask several repositories, each with its directory in --metadata-dir, by this map file (TAP 4)")
    .option("--lazy-for <seconds>", "do not ask again within this time, unless the metadata has expired", number(1, mostSeconds))
    .option("--offline-until <time>", "ask nobody, and put up with expired metadata until then (RFC 3339)")
    .option("--header <header>", '"Name: value" for the hosts of the first --metadata-url and --target-base-url, and no other', each)
    .option("--proxy <url>", "an http proxy, or none (default: the one that the environment names)")
    .option("--ca <file>", "PEM certificates: https by these authorities only")
    .option("-v, --verbose", "show what was checked, and what was found");
}

export function withTargets(command: Command): Command {
  return withRepository(command)
    .option("--target-base-url <url>", "where targets are served; given again, a mirror", each)
    .option("--target-dir <dir>", "where downloaded targets go")
    .option("--target-name <path>", "a target's path in the repository; may be given several times", each);
}

/** Refuses the lack of an option by its name. */
export function missing(options: TufOptions, ...wanted: readonly (keyof TufOptions)[]): Outcome<void> {
  const absent = wanted.find((option) => options[option] === undefined);
  if (absent === undefined) return accept(undefined);
  const flag = `--${absent.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  return refuse("incomplete", flag, "not given", "See: countersign tuf --help");
}
