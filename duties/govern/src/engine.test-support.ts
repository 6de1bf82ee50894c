// SPDX-License-Identifier: Apache-2.0
// The same tests on SQLite and on a real PostgreSQL: a private server in a temporary directory, on a unix socket, as an unprivileged user.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { ensure } from "../../../tools/outside.ts";

export interface Engine {
  readonly name: "SQLite" | "PostgreSQL";
  /** An empty database; what a configuration says of it. */
  create(directory: string): Promise<string>;
}

let made = 0;

export const sqliteEngine: Engine = { name: "SQLite", create: async (directory) => join(directory, `govern-${++made}.sqlite`) };

export const postgresEngine: Engine = {
  name: "PostgreSQL",
  create: async () => {
    running ??= startServer();
    const { urlOf } = await running;
    const client = new Client(urlOf("postgres"));
    await client.connect();
    const name = `govern_${process.pid}_${++made}`;
    await client.query(`create database ${name}`);
    await client.end();
    return urlOf(name);
  },
};

/** Declares tests twice, once for each engine. */
export function onBothEngines(declare: (engine: Engine) => void): void {
  describe("on SQLite", () => declare(sqliteEngine));
  describe("on PostgreSQL", { skip: ensure(["postgres"])[0] ?? false }, () => declare(postgresEngine));
}

interface Server {
  readonly process: ChildProcess;
  readonly directory: string;
  urlOf(database: string): string;
}

let running: Promise<Server> | undefined;
after(async () => {
  const server = await running;
  if (server === undefined) return;
  const ended = once(server.process, "exit");
  server.process.stdin?.end();
  await ended;
  rmSync(server.directory, { recursive: true, force: true });
});

async function startServer(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), "pg-"));
  const who = unprivileged();
  if ("uid" in who) chownSync(directory, who.uid, who.gid);
  const bin = binaries();
  const data = join(directory, "data");
  const options = { ...who, cwd: directory };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "govern", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync"], {
    ...options,
    stdio: "ignore",
  });
  // Ends with this process, however that ends: its standard input closes.
  const script = '"$0" "$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server';
  const server = spawn(
    "sh",
    [
      "-c",
      script,
      join(bin, "postgres"),
      "-D",
      data,
      "-k",
      directory,
      "-c",
      "listen_addresses=",
      "-c",
      "fsync=off",
      "-c",
      "max_connections=200",
    ],
    { ...options, stdio: ["pipe", "ignore", "ignore"] },
  );
  const urlOf = (database: string): string => `postgres://govern@${encodeURIComponent(directory)}/${database}`;
  for (;;) {
    const client = new Client(urlOf("postgres"));
    try {
      await client.connect();
      await client.end();
      return { process: server, directory, urlOf };
    } catch (error) {
      if (server.exitCode !== null) throw error;
      await sleep(50);
    }
  }
}

/** PostgreSQL does not run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | Readonly<Record<never, never>> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function binaries(): string {
  const versions = "/usr/lib/postgresql";
  const newest = readdirSync(versions)
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  return join(versions, newest ?? "", "bin");
}
