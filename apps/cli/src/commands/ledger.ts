// SPDX-License-Identifier: Apache-2.0
import { proveEntry } from "@countersign/release/ledger-proof";
import { lastEntries, openLedger, verifyLedger } from "@countersign/release/ledger-view";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { number } from "../number.ts";
import { openSite, type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";
import { audit } from "./ledger-audit.ts";

export function ledger(program: Command): void {
  const noun = program.command("ledger").description("the public record, read and verified like a stranger would");
  verify(withProject(noun.command("verify")));
  tail(withProject(noun.command("tail")));
  prove(withProject(noun.command("prove")));
  audit(withProject(noun.command("audit")));
}

function prove(command: Command): void {
  command
    .description("an entry with its proof (c2sp.org/tlog-proof), from the log's files alone")
    .argument("<digest>", "the digest that was logged, or its beginning");
  verb<SiteOptions>(command, "ledger prove 3f9c2a10", async (options, _, digest = "") => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const opened = await openLedger(site.value.source);
    if (!opened.ok) return opened;
    const proven = await proveEntry(opened.value, digest);
    return proven.ok ? accept({ json: proven.value, text: proven.value.proof.trimEnd() }) : proven;
  });
}

function verify(command: Command): void {
  command.description("verify the newest checkpoint, and that the entries are exactly what it says");
  verb<SiteOptions>(command, "ledger verify", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const opened = await openLedger(site.value.source);
    if (!opened.ok) return opened;
    const types = await verifyLedger(opened.value);
    if (!types.ok) return types;
    const { checkpoint, times } = opened.value.cosigned;
    const root = Buffer.from(checkpoint.root).toString("hex");
    const counted = [...types.value].sort().map(([type, count]) => [type, String(count)]);
    return accept({
      json: { origin: checkpoint.origin, size: checkpoint.size, root, witnesses: times, types: Object.fromEntries(types.value) },
      text: `${checkpoint.origin}: ${checkpoint.size} entries, ${times.length} witnesses, the newest at ${when(times[0])}. All entries verified.\n${table(["type", "entries"], counted)}`,
    });
  });
}

function tail(command: Command): void {
  command.description("the newest entries, each proven to be in the tree").option("-n, --number <count>", "how many", number(1, 1000), 10);
  verb<SiteOptions & { readonly number: number }>(command, "ledger tail -n 20", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const opened = await openLedger(site.value.source);
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

function when(seconds = 0): string {
  return new Date(seconds * 1000).toISOString();
}
