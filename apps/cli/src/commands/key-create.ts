// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type MakingOptions, makeKey, withMaking } from "../key-making.ts";
import { keyAnswer } from "../key-text.ts";
import { verb } from "../verb.ts";

export function create(command: Command): void {
  withMaking(
    command
      .description(
        "make a key: in an encrypted file, or where a file then says it lives; beside it its record, and in FILE.pub the public half",
      )
      .argument("<file>", "a new file; a key is never overwritten"),
  );
  const example = 'key create ann.key --passphrase-file ann.pass --owner ann --purpose "sign root" --limit 100';
  verb<MakingOptions>(command, example, async (options, _, file = "") => {
    const made = await makeKey(file, options);
    return made.ok ? accept(keyAnswer(made.value.key, made.value.record, made.value.key.attestation)) : made;
  });
}
