// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type LedgerView, openLedgerIn } from "@countersign/release/ledger-view";
import { directoryStore } from "@countersign/repository/directory-store";
import { httpReader } from "@countersign/repository/http-store";
import type { Reader } from "@countersign/repository/store";
import { type Root, root as rootDecoder } from "@countersign/trust/anchor/root";
import { readEnvelope } from "@countersign/trust/envelope";
import { type LedgerTrust, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { anchorFile, openProject } from "@countersign/world/project";
import type { Command } from "commander";
import { readOption } from "./read-option.ts";
import { openSite, type SiteOptions, withProject } from "./site.ts";

/** How a command comes to the public record: a project's own, or anybody's, as a stranger reads it. */
export interface RecordOptions extends SiteOptions {
  readonly store?: string;
  readonly root?: string;
}

export function withRecord(command: Command): Command {
  return withProject(command)
    .option("--store <place>", "where the repository is read: a directory or a URL (default: the project's, while it is up)")
    .option("--root <file>", "a root that you trust (default: root.json of the project)");
}

/** The bytes of the root that is trusted. */
export async function trustedRoot({ root, project: from }: RecordOptions): Promise<Outcome<Uint8Array>> {
  if (root !== undefined) return await readOption("--root", resolve(root));
  const project = await openProject(from ?? process.cwd());
  if (project.ok) return accept(await readFile(anchorFile(project.value)));
  return refuse("no-root", "a root that you trust, or a project here or above", project.refusal.found, "Name one: --root FILE");
}

/** Whose word counts about the ledger, by the trusted root alone: nothing is asked of anybody. */
export async function trustedLedger(options: RecordOptions): Promise<Outcome<LedgerTrust>> {
  const bytes = await trustedRoot(options);
  if (!bytes.ok) return bytes;
  const read: Outcome<{ readonly signed: Root }> = readEnvelope(rootDecoder, bytes.value, options.root ?? "root.json");
  return read.ok ? accept(ledgerTrust(read.value.signed)) : read;
}

/** Where the repository is read. */
export async function recordReader(options: RecordOptions): Promise<Outcome<Reader>> {
  const { store } = options;
  if (store !== undefined)
    return accept(/^https?:/.test(store) ? httpReader(store.replace(/\/$/, "")) : directoryStore(resolve(store), { prefixes: [] }));
  const site = await openSite(options);
  return site.ok ? accept(httpReader(site.value.running.distribute)) : orStore(site);
}

/** Outside of any project, the repository of somebody else is what there is to read. */
export function orStore(missing: Extract<Outcome<unknown>, { readonly ok: false }>): Outcome<never> {
  const { code, expected, found } = missing.refusal;
  return code === "no-project" ? refuse(code, expected, found, "Name a repository: --store PLACE --root FILE") : missing;
}

/** The ledger as it is served there, under the root that is trusted. */
export async function openRecord(options: RecordOptions): Promise<Outcome<LedgerView>> {
  const reader = await recordReader(options);
  if (!reader.ok) return reader;
  const anchor = await trustedRoot(options);
  return anchor.ok ? await openLedgerIn(reader.value, anchor.value, Date.now()) : anchor;
}
