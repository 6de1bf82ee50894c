// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "@countersign/world/project";
import type { Payload } from "./payload.ts";

/** Copies of what an honest world served, each as it was at one moment. */
export interface Stores {
  /** Release 1 is the newest. */
  readonly one: string;
  /** Still release 1, some seconds later: what was logged meanwhile has soaked, and the revokers have spoken since. */
  readonly oneLater: string;
  /** Release 2 is the newest; its epoch is one higher. */
  readonly two: string;
  /** Release 2 has been revoked. */
  readonly twoRevoked: string;
}

/** Copies of honest devices. Every try runs on another copy. */
export interface Devices {
  /** Knows the trust anchor and nothing else. */
  readonly newborn: string;
  /** Runs release 1. */
  readonly one: string;
  /** Came from release 1 to release 2. */
  readonly two: string;
  /** Runs release 1, and has seen that release 2 is revoked. */
  readonly oneWarned: string;
}

/** What every attack starts from: a world that was up once, and is not touched any more. */
export interface Lab {
  /** A directory of the lab's own for whatever an attack writes. */
  readonly scratch: string;
  /** The world's keys, for those attackers who stole some. */
  readonly project: Project;
  readonly stores: Stores;
  readonly devices: Devices;
  /** The program that the attacker wants to see running. */
  readonly trojan: Payload;
  /** What attacks planted while the world was up, by attack. */
  readonly planted: ReadonlyMap<string, unknown>;
  /** A world on the agent profile besides; where no attack goes there, and in a live demonstration, there is none. */
  readonly agent?: AgentLab | undefined;
}

/** The same of a world on the agent profile, with one honest release. */
export interface AgentLab extends Pick<Lab, "scratch" | "project" | "trojan" | "planted"> {
  readonly stores: Pick<Stores, "one" | "oneLater">;
  readonly devices: Pick<Devices, "newborn" | "one">;
}

/** What the trojan says when it runs. */
export const trojanWords = "your files are mine";

/**
 * A directory that goes when the run ends. Processes of the lab are short and many, so they keep what they compiled where Node keeps
 * such things.
 */
export async function scratchDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");
  const path = await mkdtemp(join(tmpdir(), "countersign-attacks-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
