// SPDX-License-Identifier: Apache-2.0
import { type Known, nothingKnown } from "@countersign/inventory/inventory";
import type { KeyRecord } from "@countersign/inventory/key-record";
import type { ActSeen } from "@countersign/inventory/registered";
import { ask } from "@countersign/release/ask";
import { registerClient } from "@countersign/release/register-client";
import { directoryStore } from "@countersign/repository/directory-store";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { array, open, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import { anchorFile, openProject, readRunning, storeDirectory } from "@countersign/world/project";
import type { Command } from "commander";
import { collectedKeys } from "./collected-keys.ts";
import { each } from "./each.ts";
import { keyRecords, serviceRecords } from "./key-records.ts";
import { readOption } from "./read-option.ts";
import { type SiteOptions, withProject } from "./site.ts";

/** What is trusted somewhere, verified from the anchor down, and what could be learned of where the keys are. */
export interface Survey {
  readonly view: RepositoryView;
  readonly anchor: Uint8Array;
  readonly read: Read;
  readonly known: Known;
  /** Who could not be asked, and what is unknown for that. */
  readonly silent: readonly string[];
  /** Unix milliseconds. */
  readonly now: number;
}

export interface SurveyOptions extends SiteOptions {
  readonly store?: string;
  readonly root?: string;
  readonly keys?: readonly string[];
}

export function withSurvey(command: Command): Command {
  return withProject(command)
    .option("--store <url>", "a repository without a project here; needs --root")
    .option("--root <file>", "the root.json from which --store is verified")
    .option("--keys <file>", "what another machine prints with: key list --json; named after that machine, one file each", each);
}

/** Surveys a project, whether it is up or not, or a repository by its address. */
export async function survey(options: SurveyOptions): Promise<Outcome<Survey>> {
  const now = Date.now();
  const collected = await collectedKeys(options.keys ?? []);
  if (!collected.ok) return collected;
  const surveyed = options.store === undefined ? await surveyProject(options, now) : await surveyStranger(options.store, options.root, now);
  if (!surveyed.ok) return surveyed;
  const { known, ...rest } = surveyed.value;
  return accept({ ...rest, known: { ...known, keys: joined(known.keys, collected.value) } });
}

/** Where two machines know of a key, what was collected says where it is used, and this project who holds it. */
function joined(here: readonly KeyRecord[], collected: readonly KeyRecord[]): readonly KeyRecord[] {
  const others = new Map(collected.map((record) => [record.keyid, record]));
  const own = here.map((record) => ({ ...record, ...others.get(record.keyid) }));
  return [...own, ...collected.filter(({ keyid }) => !here.some((record) => record.keyid === keyid))];
}

async function surveyProject(options: SurveyOptions, now: number): Promise<Outcome<Survey>> {
  const project = await openProject(options.project ?? process.cwd());
  if (!project.ok) return project;
  const running = await readRunning(project.value);
  const anchor = await readOption("--root", anchorFile(project.value));
  if (!anchor.ok) return anchor;
  const read = readFrom(running.ok ? httpReader(running.value.distribute) : directoryStore(storeDirectory(project.value)));
  const view = await openRepository(read, anchor.value, now);
  if (!view.ok) return running.ok ? view : running;
  const register = running.ok ? await registerClient(running.value.govern).list() : running;
  const told = running.ok ? await ask(`${running.value.govern}/acts`, acts) : running;
  const silent = register.ok ? [] : ["govern was not asked: purposes, deputies and reviews are unknown. Start it with: countersign up"];
  const known = {
    keys: await keyRecords(project.value),
    services: serviceRecords(project.value),
    register: register.ok ? register.value : [],
    acts: told.ok ? told.value.acts : [],
  };
  return accept({ view: view.value, anchor: anchor.value, read, known, silent, now });
}

async function surveyStranger(store: string, root: string | undefined, now: number): Promise<Outcome<Survey>> {
  if (root === undefined)
    return refuse("root-missing", "the root.json from which the repository is verified", "none", "Name it: --root root.json");
  const anchor = await readOption("--root", root);
  if (!anchor.ok) return anchor;
  const read = readFrom(httpReader(store));
  const view = await openRepository(read, anchor.value, now);
  if (!view.ok) return view;
  const silent = ["neither this machine's custody nor govern was asked: what only they know is unknown"];
  return accept({ view: view.value, anchor: anchor.value, read, known: nothingKnown, silent, now });
}

const acts = open({ acts: array(open<ActSeen>({ time: text, who: text, act: text, subject: text })) });
