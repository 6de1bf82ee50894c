// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pkcs11Place } from "./pkcs11.ts";

/** A TPM 2.0 with a PKCS#11 token on it. Three processes serve it, and end with it. */
export interface Tpm extends AsyncDisposable {
  readonly token: Omit<Pkcs11Place, "label">;
  /** The TPM itself, to be stopped and continued. */
  readonly pid: number;
}

/** What of `tools/outside.ts` it takes. */
export const tpmPrograms: readonly string[] = [
  ...["swtpm", "swtpm_setup", "tpm2-abrmd", "libtss2-tcti-tabrmd", "tpm2_getcap", "libtpm2-pkcs11", "tpm2_ptool", "dbus-daemon"],
];

/** Starts a TPM in a directory of its own, on a message bus of its own. This process and those that it starts from now on see no other. */
export async function startTpm(directory: string, label: string, pin: string): Promise<Tpm> {
  const at = (name: string): string => join(directory, name);
  for (const name of ["state", "store"]) mkdirSync(at(name), { recursive: true });
  const run = (command: string, ...args: readonly string[]) => execFileSync(command, args, { stdio: "pipe", encoding: "utf8" });
  run("swtpm_setup", "--tpm2", "--tpmstate", at("state"), "--overwrite");

  const running: ChildProcess[] = [];
  const start = (command: string, ...args: readonly string[]): ChildProcess => {
    const child = spawn(command, args, { stdio: "ignore" });
    running.push(child);
    return child;
  };
  const port = await freePair();
  const tcp = (which: number) => `type=tcp,port=${which},bindaddr=127.0.0.1`;
  const tpm = start(
    "swtpm",
    ...["socket", "--tpm2", "--tpmstate", `dir=${at("state")}`, "--pid", `file=${at("pid")}`, "--flags", "not-need-init,startup-clear"],
    ...["--server", tcp(port), "--ctrl", tcp(port + 1)],
  );
  await until(() => existsSync(at("pid")));

  writeFileSync(
    at("bus.conf"),
    `<busconfig><listen>unix:path=${at("bus")}</listen><auth>EXTERNAL</auth><policy context="default"><allow send_destination="*"/>` +
      '<allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy></busconfig>',
  );
  start("dbus-daemon", `--config-file=${at("bus.conf")}`, "--nofork");
  await until(() => existsSync(at("bus")));

  const bus = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${at("bus")}`, TPM2TOOLS_TCTI: "tabrmd:", TPM2_PKCS11_TCTI: "tabrmd:" };
  Object.assign(process.env, { ...bus, TPM2_PKCS11_STORE: at("store") });
  start("tpm2-abrmd", "--allow-root", `--tcti=swtpm:host=127.0.0.1,port=${port}`);
  await until(() => spawnSync("tpm2_getcap", ["properties-fixed"], { stdio: "ignore" }).status === 0);

  run("tpm2_ptool", "init");
  run("tpm2_ptool", "addtoken", "--pid=1", "--sopin=so-pin", `--userpin=${pin}`, `--label=${label}`);
  writeFileSync(at("pin"), `${pin}\n`, { mode: 0o600 });
  return {
    token: { custody: "pkcs11", module: tpmModule(), token: label, pinFile: at("pin") },
    pid: tpm.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      for (const child of running.reverse()) {
        const ended = once(child, "exit");
        if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await ended;
      }
    },
  };
}

function tpmModule(): string {
  return execFileSync("sh", ["-c", "ls /usr/lib/*/pkcs11/libtpm2_pkcs11.so"], { encoding: "utf8" }).trim();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50);
}

/** Two free ports next to one another: the TPM's commands, and what controls it. */
async function freePair(): Promise<number> {
  for (;;) {
    const first = await listening(0);
    const { port } = first.address() as { port: number };
    const second = await listening(port + 1).catch(() => undefined);
    for (const server of [first, second]) await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
    if (second !== undefined) return port;
  }
}

async function listening(port: number) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
