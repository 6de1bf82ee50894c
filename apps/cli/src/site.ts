// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { findDigest } from "@countersign/release/find-digest";
import { type GovernClient, governClient } from "@countersign/release/govern-client";
import type { Source } from "@countersign/release/published";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { anchorFile, openProject, type Project, personDirectory, placeIn, type Running, readRunning } from "@countersign/world/project";
import type { Command } from "commander";

/** A project whose processes are up, as commands use it. */
export interface Site {
  readonly project: Project;
  readonly running: Running;
  readonly govern: GovernClient;
  readonly source: Source;
}

export interface SiteOptions {
  readonly project?: string;
}

export function withProject(command: Command): Command {
  return command.option("--project <dir>", "directory of the project; this one or one above it by default");
}

/** The project at `--project`, or in the working directory or above, while it is up. */
export async function openSite({ project: from }: SiteOptions): Promise<Outcome<Site>> {
  const project = await openProject(from ?? process.cwd());
  if (!project.ok) return project;
  const running = await readRunning(project.value);
  if (!running.ok) return running;
  const source: Source = { store: running.value.distribute, anchor: await readFile(anchorFile(project.value)), now: Date.now() };
  return accept({ project: project.value, running: running.value, govern: governClient(running.value.govern), source });
}

/** The site, and the release or order that somebody named by a digest or the beginning of one. */
export async function openSiteAt(options: SiteOptions, written = ""): Promise<Outcome<Site & { readonly digest: Digest }>> {
  const site = await openSite(options);
  if (!site.ok) return site;
  const digest = await findDigest(site.value.govern, written);
  return digest.ok ? accept({ ...site.value, digest: digest.value }) : digest;
}

/** A person's own key. Throws `KeyRefused` where its file is not as it should be. */
export async function personKey(project: Project, person: string): Promise<Outcome<CustodyKey>> {
  const { people } = project.plan;
  if (!people.includes(person)) return refuse("unknown-person", people.join(" or "), person, `Name one of them: --as ${people[0]}`);
  return accept(await openKey(placeIn(personDirectory(project, person))));
}
