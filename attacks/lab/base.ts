// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { CustodyKey } from "@countersign/custody/key";
import { openKey } from "@countersign/custody/place";
import { directoryStore } from "@countersign/repository/directory-store";
import { readFrom } from "@countersign/repository/read-from";
import { readHeads } from "@countersign/repository/read-heads";
import type { Store } from "@countersign/repository/store";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import type { Envelope } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { anchorFile, dutyDirectory, type Project, personDirectory, placeIn } from "@countersign/world/project";

/** What is published, read by somebody who means to forge on top of it. */
export interface Base {
  /** The store's directory. */
  readonly directory: string;
  readonly store: Store;
  readonly view: RepositoryView;
  readonly channel: Envelope<TargetsDocument>;
  readonly head: Head;
  /** The newest release. */
  readonly last: Entry<Statement>;
}

/** Reads the newest release of a product from a copy of the store. */
export async function openBase(project: Project, directory: string, product: string = project.plan.product): Promise<Base> {
  const { channel: name } = project.plan;
  const store = directoryStore(directory);
  const view = taken(await openRepository(readFrom(store), await readFile(anchorFile(project)), Date.now()));
  const channel = view.channels.get(name);
  const heads = taken(await readHeads(readFrom(store), channel?.signed));
  const head = [...heads.values()].find((candidate) => candidate.product === product);
  const last = head?.releases.at(-1);
  if (channel === undefined || head === undefined || last === undefined) throw new Error(`${directory} has no release of ${product}`);
  return { directory, store, view, channel, head, last };
}

/** A key from where its holder keeps it, passphrase and all: stolen, or used as its holder would. */
export function keyOf(project: Project, holder: string): Promise<CustodyKey> {
  const directory = project.plan.people.includes(holder) ? personDirectory(project, holder) : dutyDirectory(project, holder);
  return openKey(placeIn(directory));
}

/** The value of an outcome that cannot be a refusal here. */
export function taken<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: expected ${outcome.refusal.expected}, found ${outcome.refusal.found}`);
  return outcome.value;
}
