// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { proveEntry } from "@countersign/release/ledger-proof";
import { lastEntries } from "@countersign/release/ledger-view";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { number } from "../number.ts";
import { openRecord, type RecordOptions, withRecord } from "../record.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";
import { audit } from "./ledger-audit.ts";
import { verify } from "./ledger-verify.ts";

export function ledger(program: Command): void {
  const noun = program.command("ledger").description("the public record, read and verified like a stranger would");
  verify(withRecord(noun.command("verify")));
  tail(withRecord(noun.command("tail")));
  prove(withRecord(noun.command("prove")));
  audit(withRecord(noun.command("audit")));
}

interface ProveOptions extends RecordOptions {
  readonly out?: string;
}

function prove(command: Command): void {
  command
    .description("an entry with its proof (c2sp.org/tlog-proof), from the log's files alone")
    .argument("<digest>", "the digest that was logged, or its beginning")
    .option("--out <file>", "where the proof is written, to be handed on; shown where it is absent");
  verb<ProveOptions>(command, "ledger prove 3f9c2a10 --out hello-1.0.0.tlog-proof", async ({ out, ...options }, _, digest = "") => {
    const opened = await openRecord(options);
    if (!opened.ok) return opened;
    const proven = await proveEntry(opened.value, digest);
    if (!proven.ok) return proven;
    const { entry, index, proof } = proven.value;
    if (out === undefined) return accept({ json: proven.value, text: proof.trimEnd() });
    await writeFile(out, proof);
    const named = `--digest ${entry.digest}${"approvals" in entry ? ` --approvals ${entry.approvals}` : ""}`;
    return accept({
      json: { ...proven.value, out },
      text: `entry ${index}: ${entry.type} ${entry.digest}; its proof is in ${out}.\nWhoever has it verifies it offline: countersign ledger verify ${out} ${named} --root ${options.root ?? "root.json"}`,
    });
  });
}

function tail(command: Command): void {
  command.description("the newest entries, each proven to be in the tree").option("-n, --number <count>", "how many", number(1, 1000), 10);
  verb<RecordOptions & { readonly number: number }>(command, "ledger tail -n 20", async (options) => {
    const opened = await openRecord(options);
    if (!opened.ok) return opened;
    const last = await lastEntries(opened.value, options.number);
    if (!last.ok) return last;
    const rows = last.value.map(({ index, entry }) => [String(index), entry.type, entry.digest]);
    return accept({
      json: { size: opened.value.cosigned.checkpoint.size, entries: last.value.map(({ index, entry }) => ({ index, ...entry })) },
      text: table(["index", "type", "digest"], rows),
    });
  });
}
