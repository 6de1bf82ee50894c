// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchKey, newKey, sha256, signedFile } from "./signing.ts";

/** A plain TUF repository of a size: all targets in the top-level role, or in 2^bits succinct hash bins (TAP 15). */
export interface Size {
  readonly targets: number;
  readonly binBits?: number;
  /** One target that there is, beside those that are only listed. */
  readonly file?: { readonly path: string; readonly length: number; readonly sha256: string };
}

/** Part of every cached repository's name: another layout is another repository. */
export const layout = 2;

const spec = '"spec_version":"1.0.34"';
const expires = "2090-01-01T00:00:00Z";

/** The path of the nth target. */
export function targetPath(n: number): string {
  return `file-${String(n).padStart(7, "0")}.tar.gz`;
}

/**
 * Writes `metadata/` and the private `keys.json` of a repository into a directory. The documents are written as text, in canonical form, since
 * writing through a library would take longer than everything that is measured. Each role has one ed25519 key.
 */
export function generate(directory: string, size: Size): void {
  const { targets, binBits } = size;
  mkdirSync(join(directory, "metadata"), { recursive: true });
  const keys = { root: newKey(), timestamp: newKey(), snapshot: newKey(), targets: newKey(), bins: newKey() };
  const put = (name: string, bytes: Buffer): Buffer => {
    writeFileSync(join(directory, "metadata", name), bytes);
    return bytes;
  };
  const meta = binBits === undefined ? new Map<string, string>() : putBins(binBits, targets, keys.bins, put);
  const top = put("1.targets.json", signedFile(topTargets(size, keys.bins), keys.targets));
  meta.set("targets.json", `{"length":${top.length},"version":1}`);
  const listed = [...meta].map(([name, file]) => `"${name}":${file}`).sort();
  const snapshot = put("1.snapshot.json", signedFile(`{"_type":"snapshot",${common({ meta: `{${listed.join(",")}}` })}}`, keys.snapshot));
  const named = `{"snapshot.json":{"hashes":{"sha256":"${sha256(snapshot)}"},"length":${snapshot.length},"version":1}}`;
  put("timestamp.json", signedFile(`{"_type":"timestamp",${common({ meta: named })}}`, keys.timestamp));
  put("1.root.json", signedFile(rootOf(keys), keys.root));
  const secrets = Object.entries(keys).map(([role, { privateKey }]) => [role, privateKey.export({ format: "pem", type: "pkcs8" })]);
  writeFileSync(join(directory, "keys.json"), JSON.stringify(Object.fromEntries(secrets)));
}

/** The fields that follow `_type`, in order of name. */
function common(fields: Readonly<Record<string, string>>): string {
  const all = { ...fields, expires: `"${expires}"`, spec_version: '"1.0.34"', version: "1" };
  return Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `"${name}":${value}`)
    .join(",");
}

function rootOf(keys: Readonly<Record<"root" | "timestamp" | "snapshot" | "targets", BenchKey>>): string {
  const roles = (["root", "snapshot", "targets", "timestamp"] as const).map(
    (role) => `"${role}":{"keyids":["${keys[role].keyid}"],"threshold":1}`,
  );
  const listed = [keys.root, keys.timestamp, keys.snapshot, keys.targets].map(({ keyid, json }) => `"${keyid}":${json}`).sort();
  return `{"_type":"root","consistent_snapshot":true,"expires":"${expires}","keys":{${listed.join(",")}},"roles":{${roles.join(",")}},${spec},"version":1}`;
}

function topTargets({ targets, binBits, file }: Size, bins: BenchKey): string {
  if (binBits === undefined) {
    const real = file === undefined ? [] : [`"${file.path}":{"hashes":{"sha256":"${file.sha256}"},"length":${file.length}}`];
    const entries = [...real, ...Array.from({ length: targets }, (_, n) => entry(targetPath(n), n))];
    return `{"_type":"targets",${common({ targets: `{${entries.join(",")}}` })}}`;
  }
  const succinct = `{"bit_length":${binBits},"keyids":["${bins.keyid}"],"name_prefix":"bin","threshold":1}`;
  const delegations = `{"keys":{"${bins.keyid}":${bins.json}},"succinct_roles":${succinct}}`;
  return `{"_type":"targets",${common({ delegations, targets: "{}" })}}`;
}

/** One target as a role lists it: 127 bytes, with a digest that no file has. */
function entry(path: string, n: number): string {
  return `"${path}":{"hashes":{"sha256":"${sha256(Buffer.from(path))}"},"length":${100_000 + n}}`;
}

function putBins(bits: number, targets: number, key: BenchKey, put: (name: string, bytes: Buffer) => Buffer): Map<string, string> {
  const bins = Array.from({ length: 2 ** bits }, (): string[] => []);
  for (let n = 0; n < targets; n++) bins[binOf(targetPath(n), bits)]?.push(entry(targetPath(n), n));
  const digits = Math.ceil(bits / 4);
  const meta = new Map<string, string>();
  for (const [index, entries] of bins.entries()) {
    const name = `bin-${index.toString(16).padStart(digits, "0")}`;
    put(`1.${name}.json`, signedFile(`{"_type":"targets",${common({ targets: `{${entries.join(",")}}` })}}`, key));
    meta.set(`${name}.json`, '{"version":1}');
  }
  return meta;
}

/** The bin of a path: the first bits of its SHA-256. */
export function binOf(path: string, bits: number): number {
  return createHash("sha256").update(path).digest().readUInt32BE(0) >>> (32 - bits);
}
