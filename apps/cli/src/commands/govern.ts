// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isPostgres, openDatabase } from "@countersign/govern/database";
import { type Export, exportBytes, readExport, readerOf, remembering } from "@countersign/govern/verify/export-file";
import { readPublicFacts } from "@countersign/govern/verify/public-facts";
import { type GovernRecord, readRecord } from "@countersign/govern/verify/record";
import { restore as restoreInto } from "@countersign/govern/verify/restore";
import { type Verification, verifyRecord } from "@countersign/govern/verify/verify";
import { directoryStore } from "@countersign/repository/directory-store";
import type { Reader } from "@countersign/repository/store";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { writeDurably } from "@countersign/updater/durable";
import { anchorFile, dutyDirectory, openProject, type Project, storeDirectory } from "@countersign/world/project";
import type { Command } from "commander";
import { readOption } from "../read-option.ts";
import type { Answer } from "../screen.ts";
import { type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions {
  readonly database?: string;
  readonly export?: string;
}

export function govern(program: Command): void {
  const noun = program.command("govern").description("what govern knows: verified against the ledger, kept, restored");
  verify(withProject(noun.command("verify")));
  write(withProject(noun.command("export")));
  restore(withProject(noun.command("restore")));
}

function verify(command: Command): void {
  command
    .description("replay every act, and compare tables, chain, ledger and signatures: any edit is found")
    .option("--database <place>", "a file of SQLite or a postgres:// URL; the project's own by default")
    .option("--export <file>", "an export instead, with nothing but it and the project's root.json");
  verb<Options>(command, "govern verify", async (options) => {
    const project = await openProject(options.project ?? process.cwd());
    if (!project.ok) return project;
    if (options.export !== undefined) {
      const read = await readExportFile(options.export);
      return read.ok ? verified(project.value, read.value, readerOf(read.value), Date.parse(read.value.time)) : read;
    }
    const record = await recordIn(options.database ?? (await databaseOf(project.value)));
    if (!record.ok) return record;
    return verified(project.value, record.value, directoryStore(storeDirectory(project.value)), Date.now());
  });
}

function write(command: Command): void {
  command
    .description("write everything to a file that anybody with root.json can verify; it is the backup, too")
    .argument("<file>", "a new file")
    .option("--database <place>", "a file of SQLite or a postgres:// URL; the project's own by default");
  verb<Options>(command, "govern export govern.json", async (options, _, file = "") => {
    const project = await openProject(options.project ?? process.cwd());
    if (!project.ok) return project;
    const record = await recordIn(options.database ?? (await databaseOf(project.value)));
    if (!record.ok) return record;
    const { reader, files } = remembering(directoryStore(storeDirectory(project.value)));
    const now = Date.now();
    const facts = await readPublicFacts(reader, await readFile(anchorFile(project.value)), now);
    if (!facts.ok) return facts;
    await writeDurably(file, exportBytes(record.value, files, now), 0o600);
    const text = `${record.value.acts.length} acts and ${files.size} public files are in ${file}.\nNext: countersign govern verify --export ${file}`;
    return accept({ json: { file, acts: record.value.acts.length, files: files.size }, text });
  });
}

function restore(command: Command): void {
  command
    .description("replay the acts of an export into an empty database, of either engine, and verify what is there then")
    .argument("<file>", "as `govern export` wrote it")
    .requiredOption("--database <place>", "a new file of SQLite, or the URL of an empty PostgreSQL database");
  verb<Options & { readonly database: string }>(
    command,
    "govern restore govern.json --database new.sqlite",
    async (options, _, file = "") => {
      const project = await openProject(options.project ?? process.cwd());
      if (!project.ok) return project;
      const read = await readExportFile(file);
      if (!read.ok) return read;
      const before = await verified(project.value, read.value, readerOf(read.value), Date.parse(read.value.time));
      if (!before.ok) return before;
      const database = await openDatabase(options.database);
      try {
        const restored = await restoreInto(database, read.value);
        if (!restored.ok) return restored;
        return verified(project.value, restored.value, readerOf(read.value), Date.parse(read.value.time));
      } finally {
        await database.destroy();
      }
    },
  );
}

async function verified(project: Project, record: GovernRecord, reader: Reader, now: number): Promise<Outcome<Answer>> {
  const facts = await readPublicFacts(reader, await readFile(anchorFile(project)), now);
  if (!facts.ok) return facts;
  const verification = await verifyRecord(record, facts.value, now);
  if (verification.ok) return accept(answerFor(verification));
  const refused = verification.verdicts.filter(({ refusal }) => refusal !== undefined);
  return refuse(
    "record-refused",
    "a record that follows from its acts, its ledger and its signatures",
    refused.map(({ check, found }) => `${check}: ${found}`).join("\n"),
    "Keep the database as evidence, and restore an export that verifies: countersign govern restore FILE --database NEW",
  );
}

function answerFor({ verdicts }: Verification): Answer {
  const rows = verdicts.map(({ check, expected, found }) => [check, expected, found]);
  return { json: { ok: true, verdicts }, text: `${table(["check", "expected", "found"], rows)}\nThe record verifies.` };
}

async function recordIn(place: string): Promise<Outcome<GovernRecord>> {
  if (!isPostgres(place) && !existsSync(place))
    return refuse(
      "no-database",
      "a file of SQLite or a postgres:// URL",
      place,
      "Start it once (countersign up), or name another: --database PLACE",
    );
  const database = await openDatabase(place);
  try {
    return accept(await readRecord(database));
  } finally {
    await database.destroy();
  }
}

async function readExportFile(file: string): Promise<Outcome<Export>> {
  const bytes = await readOption("FILE", file);
  return bytes.ok ? readExport(bytes.value) : bytes;
}

/** Where the project's govern keeps its state: as its configuration says, once it was up. */
async function databaseOf(project: Project): Promise<string> {
  const own = dutyDirectory(project, "govern");
  const config = await readOption("--database", join(own, "config.json"));
  const json: unknown = config.ok ? JSON.parse(Buffer.from(config.value).toString()) : {};
  const database = typeof json === "object" && json !== null && "database" in json ? json.database : undefined;
  return typeof database === "string" ? database : join(own, "govern.sqlite");
}
