// SPDX-License-Identifier: Apache-2.0
import { openKey } from "@countersign/custody/place";
import { readNamedKey } from "@countersign/custody/reference";
import type { PasskeyFile } from "@countersign/release/passkey/passkey-file";
import { passkeyKey } from "@countersign/release/passkey/passkey-key";
import type { Shown } from "@countersign/release/passkey/shown";
import { shownDocument } from "@countersign/release/passkey/shown-document";
import type { SigningKey } from "@countersign/repository/sign-document";
import { keyidOf } from "@countersign/trust/key";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { passkeysOf } from "@countersign/world/approver-key";
import type { Project } from "@countersign/world/project";
import type { Command } from "commander";
import { onPage } from "./open-page.ts";
import type { Screen } from "./screen.ts";
import { personKey } from "./site.ts";

/** With what a person signs: the passkey that they have, another one of theirs, or a key in a file or a token. */
export interface ApproverOptions {
  readonly as: string;
  readonly passkey?: string;
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly browser?: boolean;
}

export function withApprover(command: Command): Command {
  return command
    .option("--passkey <keyid>", "which passkey, where that person has several, by the beginning of its key identifier")
    .option("--key <file>", "another key than the passkey or the file of that person: one that `key create` made, a token's too")
    .option("--passphrase-file <file>", "what unlocks it, where it is an encrypted file")
    .option("--no-browser", "do not start a browser for the passkey's page, only print its address");
}

/** A key to sign with, and whether its person is asked before it signs: by the page, which shows more than a terminal. */
export interface Approver {
  asks(shown: Shown): SigningKey;
  /** For acts and denials: a page shows each as what it says, from the bytes that are signed. */
  readonly documents: SigningKey;
  readonly hasPage: boolean;
}

/** Finds the key of the person who signs. Throws `KeyRefused` where it cannot be opened. */
export async function approverOf(project: Project, options: ApproverOptions, screen: Screen): Promise<Outcome<Approver>> {
  const { as, key: file, passphraseFile } = options;
  const { people } = project.plan;
  if (!people.includes(as)) return refuse("unknown-person", people.join(" or "), as, `Name one of them: --as ${people[0]}`);
  if (file !== undefined) {
    const named = await readNamedKey(file, passphraseFile);
    return named.ok ? accept(plainly(await openKey(named.value.place))) : named;
  }
  const passkey = await passkeyOf(project, as, options.passkey);
  if (!passkey.ok) return passkey;
  if (passkey.value !== undefined) {
    const found = passkey.value;
    const asks = (shown: Shown): SigningKey => passkeyKey(found, shown, onPage(screen, options.browser));
    const documents = { keyid: keyidOf(found.key), sign: (message: Uint8Array) => asks(shownDocument(message, as)).sign(message) };
    return accept({ asks, documents, hasPage: true });
  }
  const own = await personKey(project, as);
  return own.ok ? accept(plainly(own.value)) : own;
}

function plainly(key: SigningKey): Approver {
  return { asks: () => key, documents: key, hasPage: false };
}

async function passkeyOf(project: Project, person: string, wanted: string | undefined): Promise<Outcome<PasskeyFile | undefined>> {
  const passkeys = await passkeysOf(project, person);
  if (!passkeys.ok) return passkeys;
  const found = passkeys.value.find(({ key }) => keyidOf(key).startsWith(wanted ?? ""));
  if (found !== undefined || wanted === undefined) return accept(found);
  return refuse("passkey-missing", `a passkey of ${person}`, wanted, `Register one: countersign key passkey --as ${person}`);
}
