// SPDX-License-Identifier: Apache-2.0
import { readHalf } from "@countersign/custody/reference";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { keyAnswer, recordBeside } from "../key-text.ts";
import { verb } from "../verb.ts";
import { ceremony } from "./key-ceremony.ts";
import { create } from "./key-create.ts";
import { list } from "./key-list.ts";
import { passkey } from "./key-passkey.ts";
import { review } from "./key-review.ts";
import { rotate } from "./key-rotate.ts";

export function key(program: Command): void {
  const noun = program.command("key").description("a key of one's own, and documents that several people sign apart");
  create(noun.command("create"));
  show(noun.command("show"));
  list(noun.command("list"));
  review(noun.command("review"));
  rotate(noun.command("rotate"));
  passkey(noun.command("passkey"));
  ceremony(noun.command("ceremony"));
}

function show(command: Command): void {
  command
    .description("what others may know of a key, and its record, read without opening it")
    .argument("<file>", "as `key create` made it");
  verb(command, "key show ann.key --json", async (_, __, file = "") => {
    const half = await readHalf(file);
    if (!half.ok) return half;
    const record = recordBeside(file);
    return record.ok ? accept(keyAnswer(half.value, record.value)) : record;
  });
}
