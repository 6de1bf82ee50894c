// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { every } from "@countersign/daemon/every";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { measuredRates } from "@countersign/drift/measured-rates";
import { readRates } from "@countersign/release/rates-file";
import { directoryStore } from "@countersign/repository/directory-store";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { rawPublicKey } from "@countersign/tlog/signer";
import { heartbeatPath } from "@countersign/trust/heartbeat/heartbeat";
import { readThroughPath } from "@countersign/trust/readthrough/read-through";
import { accept } from "@countersign/trust/refusal";
import { Brake, type BrakeParts } from "./brake.ts";
import { type Config, parseConfig } from "./config.ts";
import { Delivery } from "./delivery.ts";
import type { Kind } from "./detector.ts";
import { detectors } from "./detectors.ts";
import { FindingsFile } from "./findings-file.ts";
import { Heart } from "./heart.ts";
import { IntentBook } from "./intent-book.ts";
import { readIntents } from "./intents-file.ts";
import { LedgerCopy } from "./ledger-copy.ts";
import { Mirrors } from "./mirrors.ts";
import { Monitor, type MonitorParts } from "./monitor.ts";
import { Observer } from "./observer.ts";
import { Quiet } from "./quiet.ts";
import { tilesFrom } from "./read-ledger.ts";
import { Rebuilds } from "./rebuilds.ts";
import { routes } from "./routes.ts";

/** Looks that an entry may go unpublished after its soak, or be without what it names, before it is worth a word. */
const GRACE_LOOKS = 60;

/** Runs an observer that finds these kinds of things: what is not in the list is not looked for. */
export function runObserver(kinds: readonly Kind[]): void {
  runDuty("observe", parseConfig, async (config, signal) => {
    const { port, store, anchor, findings: file, pollMilliseconds, silenceSeconds } = config;
    const rates = config.rates === undefined ? accept(measuredRates) : readRates(await readFile(config.rates), config.rates);
    if (!rates.ok) return rates;
    const declared = config.intents === undefined ? accept([]) : await readIntents(config.intents);
    if (!declared.ok) return declared; // without a list every release would be one that nobody declared
    const shared = {
      measure: { rates: rates.value, registry: config.registry },
      findings: new FindingsFile(file, kinds),
      copy: new LedgerCopy(`${file}.sqlite`),
      graceSeconds: Math.ceil((GRACE_LOOKS * pollMilliseconds) / 1000),
      now: Date.now,
    };
    const read = readFrom(httpReader(store));
    const embedded = await readFile(anchor);
    const govern = config.govern ?? config.monitor?.govern;
    const intents = new IntentBook({ ...shared, read, govern, file: config.intents });
    const monitor = await monitorOf(config, { ...shared, read });
    const observer = Observer.open({
      ...shared,
      read,
      store,
      anchor: embedded,
      detectors,
      intents,
      rebuilds: new Rebuilds(read, shared.copy),
      mirrors: new Mirrors(config.mirrors ?? [], embedded),
      silenceSeconds,
      monitor,
      brake: await brakeOf(config, { ...shared, read }),
    });
    if (!observer.ok) return observer;
    every(pollMilliseconds, signal, () => observer.value.look());
    every(pollMilliseconds, signal, () => observer.value.lookAtItself()); // apart from the look: one that hangs is what is to be seen
    const quiet = new Quiet(config.suppressions, shared.now);
    await quiet.refresh();
    every(pollMilliseconds, signal, () => quiet.refresh());
    const deliveries: Delivery[] = [];
    for (const { name, least, sink } of config.sinks) {
      const delivery = await Delivery.open({ ...shared, name, least, sink, quiet, file: `${file}.${name}.json` });
      if (!delivery.ok) return delivery;
      deliveries.push(delivery.value);
      every(pollMilliseconds, signal, () => delivery.value.go(signal)); // each by itself: a dead one delays none
    }
    return { url: await serve(routes(observer.value, quiet, deliveries), { port }, signal) };
  });
}

/** The monitor that this observer is, where it is told to be one: the only thing here that has a key. */
async function monitorOf(
  { store, silenceSeconds, monitor }: Config,
  { read, ...shared }: Pick<MonitorParts, "findings" | "copy" | "measure" | "graceSeconds" | "now"> & Pick<MonitorParts["library"], "read">,
): Promise<Monitor | undefined> {
  if (monitor === undefined) return undefined;
  const { name, key: place, directory, govern, accepted } = monitor;
  const key = await openKey(place);
  const own = directoryStore(directory, { prefixes: [readThroughPath(name), heartbeatPath(name)] });
  return new Monitor({
    ...shared,
    library: { read, store, govern },
    signer: { name, type: 4, publicKey: rawPublicKey(key.publicKey), sign: (message) => key.sign(message) },
    heart: new Heart({ monitor: name, key, store: own, within: silenceSeconds, now: shared.now }),
    store: own,
    accepted,
  });
}

/** The brake, where this observer may ask for one: with a key that is for nothing else. */
async function brakeOf(
  { brake }: Config,
  { read, ...shared }: Pick<BrakeParts, "findings" | "copy" | "now"> & Pick<MonitorParts["library"], "read">,
): Promise<Brake | undefined> {
  if (brake === undefined) return undefined;
  const { name, key, revokers, govern } = brake;
  return new Brake({ ...shared, name, key: await openKey(key), revokers, govern, readTile: tilesFrom(read) });
}
