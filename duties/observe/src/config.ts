// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { type Field, list, parseFields, port, text, whole } from "@countersign/daemon/config";
import { text as anyText, type Decoder, decode, literal, name, open, record } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Severity } from "./detector.ts";
import { severityIds } from "./ocsf.ts";
import type { Sink } from "./sink.ts";
import { sinkKinds } from "./sinks.ts";

/** What an observer is told. Without `monitor` it holds no key, and nothing here gives it more than any reader has. */
export interface Config {
  readonly port: number;
  /** Where the repository is served; best not by those who publish it. */
  readonly store: string;
  /** The embedded root: the file `1.root.json` or a later one that is trusted already. */
  readonly anchor: string;
  /** The file of findings, one JSON object a line. What was seen so far stands beside it, in `<findings>.sqlite`. */
  readonly findings: string;
  readonly pollMilliseconds: number;
  /** How long it may see nothing new before it says that it is blind; a monitor promises to be heard again within that time. */
  readonly silenceSeconds: number;
  /** URL of govern, which has by digest what it had logged: windows, grants, proposals. Nothing that it answers is believed. Without it, and where there is no monitor, intent is not judged by it. */
  readonly govern: string | undefined;
  /** URLs of other servers of the same repository: each look compares what they show. */
  readonly mirrors: readonly string[] | undefined;
  /** A file of intended releases, which the security team writes (docs/intents.md). */
  readonly intents: string | undefined;
  readonly monitor: MonitorConfig | undefined;
  readonly brake: BrakeConfig | undefined;
  /** The file of suppressions; read anew before findings are sent. */
  readonly suppressions: string | undefined;
  /** The file of rates that `countersign observe calibrate` wrote; those that were measured on strangers where it is absent. */
  readonly rates: string | undefined;
  /** URL of an npm registry, which is asked how old the dependencies are that a release brings; nobody is, where it is absent. */
  readonly registry: string | undefined;
  /** Where findings go; how far each has come stands beside the findings, in `<findings>.<name>.json`. */
  readonly sinks: readonly SinkConfig[];
}

/** A sink under a name of its own. */
export interface SinkConfig {
  readonly name: string;
  /** The least severe that it is sent. */
  readonly least: Severity;
  readonly sink: Sink;
}

/** What an observer is told that may ask for a brake. */
export interface BrakeConfig {
  /** Its name in the policy's `brakes`. */
  readonly name: string;
  readonly key: KeyPlace;
  /** URLs of the revokers that it asks, by name. */
  readonly revokers: Readonly<Record<string, string>>;
  /** URL of govern, which has what is not published yet by digest; nothing that it answers is believed. */
  readonly govern: string;
}

/** What an observer is told that says how far it has read. */
export interface MonitorConfig {
  /** Its name in the policy, under which it cosigns. */
  readonly name: string;
  /** An ed25519 key. */
  readonly key: KeyPlace;
  /** The directory that is served to the world, of which it writes `readthrough/<name>` and `heartbeat/<name>`. */
  readonly directory: string;
  /** URL of govern, which has what is proposed by digest; nothing that it answers is believed. */
  readonly govern: string;
  /** Findings, by `id`, at which its owner has looked and for which it need not wait. */
  readonly accepted: readonly string[];
}

function optionalText(value: unknown): Outcome<string | undefined> {
  return value === undefined ? accept(undefined) : text(value);
}

function monitor(value: unknown): Outcome<MonitorConfig | undefined> {
  if (value === undefined) return accept(undefined);
  return parseFields<MonitorConfig>(value, { name: text, key: parsePlace, directory: text, govern: text, accepted: list(text) });
}

function brake(value: unknown): Outcome<BrakeConfig | undefined> {
  if (value === undefined) return accept(undefined);
  return parseFields<BrakeConfig>(value, { name: text, key: parsePlace, revokers: urls, govern: text });
}

/** What documents are read by, for a configuration: whoever wrote it can correct it. */
function decoded<T>(decoder: Decoder<T>): Field<T> {
  return (value) => {
    const read = decode(decoder, value, "");
    return read.ok ? read : refuse("config-malformed", read.refusal.expected, read.refusal.found, "correct the configuration file");
  };
}

const urls: Field<Readonly<Record<string, string>>> = decoded(record(name, anyText));

const named = open({
  name,
  kind: literal(...sinkKinds.map(({ kind }) => kind)),
  least: literal(...(Object.keys(severityIds) as Severity[])),
});

/** A sink of a kind, which reads what is its own. */
const sink: Field<SinkConfig> = (value) => {
  const read = decoded(named)(value);
  if (!read.ok) return read;
  const { name, kind, least } = read.value;
  const { name: _name, kind: _kind, least: _least, ...own } = value as Readonly<Record<string, unknown>>;
  const parsed = sinkKinds.find((each) => each.kind === kind)?.parse(own);
  if (parsed === undefined) throw new Error("a kind was read that is none");
  return parsed.ok ? accept({ name, least, sink: parsed.value }) : parsed;
};

/** Each under a name of its own: it is that of the file that says how far it has come. */
const sinks: Field<readonly SinkConfig[]> = (value = []) => {
  const read = list(sink)(value);
  if (!read.ok || new Set(read.value.map(({ name }) => name)).size === read.value.length) return read;
  return refuse("config-malformed", "a name of its own for each sink", "one name twice", "correct the configuration file");
};

/** Reads the configuration; a missing, malformed or unknown field is refused. */
export function parseConfig(json: unknown): Outcome<Config> {
  return parseFields<Config>(json, {
    port,
    store: text,
    anchor: text,
    findings: text,
    pollMilliseconds: whole(10),
    silenceSeconds: whole(1, 86_400),
    govern: optionalText,
    mirrors: (value) => (value === undefined ? accept(undefined) : list(text)(value)),
    intents: optionalText,
    monitor,
    brake,
    suppressions: optionalText,
    rates: optionalText,
    registry: optionalText,
    sinks,
  });
}
