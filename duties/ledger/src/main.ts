// SPDX-License-Identifier: Apache-2.0
import { openKey } from "@countersign/custody/place";
import { every } from "@countersign/daemon/every";
import { serve } from "@countersign/daemon/http";
import { runDuty, type StartOutcome } from "@countersign/daemon/process";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { type NoteSigner, rawPublicKey } from "@countersign/tlog/signer";
import { keyIdOf } from "@countersign/tlog/vkey";
import { type Config, parseConfig } from "./config.ts";
import { Ledger } from "./ledger.ts";
import { logFiles } from "./log-files.ts";
import { resumeHead } from "./rollback.ts";
import { routes } from "./routes.ts";
import { LedgerState } from "./state.ts";
import { Witnesses } from "./witnesses.ts";

runDuty("ledger", parseConfig, start);

async function start(config: Config, signal: AbortSignal): Promise<StartOutcome> {
  const { origin, quorum, heartbeatMilliseconds } = config;
  const key = await openKey(config.key);
  const publicKey = rawPublicKey(key.publicKey);
  const signer: NoteSigner = { name: origin, type: 1, publicKey, sign: (message) => key.sign(message) };
  const log = { name: origin, type: 1 as const, publicKey, keyId: keyIdOf(origin, 1, publicKey) };
  const trust = { origin, log, witnesses: config.witnesses.map(({ vkey }) => vkey), quorum };

  const state = new LedgerState(config.state);
  const files = logFiles(config.store);
  const head = await resumeHead(state, files, signer, log, config.witnesses);
  if (!head.ok) return head;

  const note = await files.read("checkpoint");
  const published = note === undefined ? undefined : verifyCosigned(note, trust); // a quorum that was raised since is asked anew
  const witnesses = new Witnesses(config.witnesses, trust, files.read);
  const parts = { state, files, signer, witnesses, trust, heartbeatMilliseconds };
  const ledger = new Ledger(parts, head.value, published?.ok ? published.value : undefined);
  every(config.batchMilliseconds, signal, () => ledger.turn());
  return { url: await serve(routes(ledger), { port: config.port }, signal) };
}
