// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createUnattendedKey, type EncryptedFilePlace } from "@countersign/custody/encrypted-file";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import type { Config } from "@countersign/ledger/config";
import type { LogTrust } from "@countersign/tlog/quorum";
import { rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey, parseVkey, type Vkey } from "@countersign/tlog/vkey";

const QUORUM = 2;

/** A log with a state and files of its own, whose ledger is not running. */
export interface WitnessedLog {
  /** Where its files are: the log is below `log/` in it. */
  readonly store: string;
  readonly trust: LogTrust;
  /** What its ledger is told. */
  readonly config: Config;
  /** Starts its ledger, as the process that ships. */
  start(): Promise<RunningDuty>;
  /** The same process, not waited for. */
  fork(): ChildProcess;
}

/** Logs and the three witnesses that cosign them: real processes, which stay up while ledgers are killed. */
export interface Ground extends AsyncDisposable {
  readonly logs: readonly WitnessedLog[];
}

export async function layGround(directory: string, logCount: number): Promise<Ground> {
  const place = (name: string): EncryptedFilePlace => ({
    custody: "encrypted-file",
    keyFile: join(directory, `${name}.key`),
    passphraseFile: join(directory, `${name}.passphrase`),
  });
  const make = async (name: string, type: 1 | 4): Promise<Vkey> => {
    const { publicKey } = await createUnattendedKey(place(name), "ed25519");
    const vkey = parseVkey(formatVkey(name, type, rawPublicKey(publicKey)));
    if (!vkey.ok) throw new Error(vkey.refusal.found);
    return vkey.value;
  };
  const configure = (name: string, config: object): string => {
    const file = join(directory, `${name}.json`);
    writeFileSync(file, JSON.stringify({ port: 0, key: place(name), ...config }));
    return file;
  };
  const keys = await Promise.all(Array.from({ length: logCount }, (_, lane) => make(`log-${lane}.example`, 1)));
  const witnessKeys = await Promise.all(["w1.example", "w2.example", "w3.example"].map((name) => make(name, 4)));
  const text = ({ name, type, publicKey }: Vkey): string => formatVkey(name, type, publicKey);
  const witnesses = await Promise.all(
    witnessKeys.map(({ name }) =>
      startDuty(mainOf("witness"), configure(name, { state: join(directory, `${name}.sqlite`), name, logs: keys.map(text) })),
    ),
  );
  const logs = keys.map((log): WitnessedLog => {
    const store = join(directory, log.name);
    mkdirSync(store);
    const config: Config = {
      port: 0,
      key: place(log.name),
      state: join(directory, `${log.name}.sqlite`),
      store,
      origin: log.name,
      witnesses: witnessKeys.map((vkey, which) => ({ vkey, url: witnesses[which]?.url ?? "" })),
      quorum: QUORUM,
      heartbeatMilliseconds: 1000,
      batchMilliseconds: 1,
    };
    const written = { ...config, witnesses: config.witnesses.map(({ vkey, url }) => ({ vkey: text(vkey), url })) };
    return {
      store,
      config,
      trust: { origin: log.name, log, witnesses: witnessKeys, quorum: QUORUM },
      start: () => startDuty(mainOf("ledger"), configure(log.name, written)),
      fork: () => fork(mainOf("ledger"), [configure(log.name, written)], { stdio: ["ignore", "ignore", "ignore", "ipc"] }),
    };
  });
  return { logs, [Symbol.asyncDispose]: async () => void (await Promise.all(witnesses.map((witness) => witness.stop()))) };
}

function mainOf(duty: "ledger" | "witness"): string {
  return fileURLToPath(import.meta.resolve(`@countersign/${duty}/main`));
}
