// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDirectory, run } from "../program.ts";

/** OpenBao 2.4.0, as the Go module proxy has it. */
const MODULE = "github.com/openbao/openbao";
const VERSION = "v0.0.0-20250828202315-f9407a27fbee";
/** Modules that its repository replaces by directories of its own, which the proxy has as modules. */
const replaced = ["api/v2", "api/auth/approle/v2", "api/auth/kubernetes/v2", "api/auth/userpass/v2", "sdk/v2"];

/** Some four thousand packages: a quarter of an hour on an idle machine, and hours on one that is not. */
const LIMIT_MILLISECONDS = 4 * 3_600_000;

const directory = join(cacheDirectory, "openbao");
const go = {
  GOCACHE: join(directory, "go-build"),
  GOMODCACHE: join(directory, "go-mod"),
  GOFLAGS: "-mod=mod -modcacherw -buildvcs=false",
};

/** The path of the program: `COUNTERSIGN_BAO`, or what was built here once, in a quarter of an hour and some gigabytes. Throws where it cannot be. */
export async function openBaoProgram(say: (text: string) => void): Promise<string> {
  const given = process.env["COUNTERSIGN_BAO"];
  if (given !== undefined) return given;
  const program = join(directory, "bao");
  if (existsSync(program)) return program;
  say(`building ${MODULE}@${VERSION} in ${directory}`);
  const source = join(directory, "source");
  const done = async (what: string, args: readonly string[], cwd?: string): Promise<string> => {
    const ended = await run("go", args, go, cwd, LIMIT_MILLISECONDS);
    if (!ended.ok) throw new Error(`${what}: ${ended.complaint}`);
    return ended.out;
  };
  const { Dir } = JSON.parse(await done("go mod download", ["mod", "download", "-json", `${MODULE}@${VERSION}`])) as { Dir: string };
  rmSync(source, { recursive: true, force: true });
  cpSync(Dir, source, { recursive: true });
  await done("go mod edit", ["mod", "edit", ...replaced.map((module) => `-dropreplace=${MODULE}/${module}`)], source);
  await done("go build", ["build", "-o", program, "."], source);
  return program;
}

/** A server that is new, unsealed, in memory only, and ends with this process's care. */
export interface OpenBao extends AsyncDisposable {
  readonly url: string;
  readonly rootToken: string;
  /** One request of its API with the root token; throws where it is refused. */
  ask(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
}

export async function startOpenBao(program: string): Promise<OpenBao> {
  const rootToken = "root-of-a-test";
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    ["server", "-dev", "-dev-no-store-token", `-dev-root-token-id=${rootToken}`, `-dev-listen-address=${address}`],
    {
      stdio: "ignore",
    },
  );
  const ended = once(child, "exit");
  const url = `http://${address}`;
  const isUp = async (): Promise<boolean> => (await fetch(`${url}/v1/sys/health`).catch(() => undefined))?.status === 200;
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await sleep(100);
  }
  return {
    url,
    rootToken,
    ask: async (method, path, body) => {
      const headers = { "X-Vault-Token": rootToken };
      const answer = await fetch(`${url}/v1/${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === "" ? {} : JSON.parse(text);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
