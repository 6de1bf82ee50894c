// SPDX-License-Identifier: Apache-2.0
import type { Algorithm } from "@countersign/custody/algorithm";
import { createKey, readPublic } from "@countersign/custody/encrypted-file";
import type { PublicHalf } from "@countersign/custody/key";
import { readPrivate } from "@countersign/custody/private-file";
import { servedBytes } from "@countersign/trust/canonical";
import { accept } from "@countersign/trust/refusal";
import { writeDurably } from "@countersign/updater/durable";
import { type Command, Option } from "commander";
import type { Answer } from "../screen.ts";
import { verb } from "../verb.ts";
import { ceremony } from "./key-ceremony.ts";

const algorithms: readonly Algorithm[] = ["ed25519", "ecdsa-p256", "rsa-pss-3072", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"];

export function key(program: Command): void {
  const noun = program.command("key").description("a key of one's own, and documents that several people sign apart");
  create(noun.command("create"));
  show(noun.command("show"));
  ceremony(noun.command("ceremony"));
}

interface Creating {
  readonly algorithm: Algorithm;
  readonly passphraseFile: string;
}

function create(command: Command): void {
  command
    .description("make a key in an encrypted file, and beside it, in FILE.pub, the half that others may have")
    .argument("<file>", "a new file; a key is never overwritten")
    .addOption(new Option("--algorithm <name>", "what it signs with").choices(algorithms).default("ed25519"))
    .requiredOption("--passphrase-file <file>", "holds the passphrase, and is nobody else's to read (mode 0600)");
  verb<Creating>(command, "key create ann.key --passphrase-file ann.pass", async ({ algorithm, passphraseFile }, _, file = "") => {
    const passphrase = await readPrivate(passphraseFile);
    if (!passphrase.ok) return passphrase;
    const made = await createKey(file, passphrase.value.replace(/\r?\n$/, ""), algorithm);
    await writeDurably(`${file}.pub`, servedBytes(made.tuf), 0o644);
    return accept(answerFor(made));
  });
}

function show(command: Command): void {
  command.description("what others may know of a key, read without its passphrase").argument("<file>", "as `key create` made it");
  verb(command, "key show ann.key --json", async (_, __, file = "") => {
    const half = await readPublic(file);
    return half.ok ? accept(answerFor(half.value)) : half;
  });
}

function answerFor({ keyid, algorithm, custody, tuf }: PublicHalf): Answer {
  return { json: { keyid, algorithm, custody, key: tuf }, text: `${keyid}\n${algorithm}, in ${custody}\n${tuf.keyval.public.trimEnd()}` };
}
