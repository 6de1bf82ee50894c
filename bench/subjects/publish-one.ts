// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { directoryStore } from "@countersign/repository/directory-store";
import { fieldOf, readMessage } from "@countersign/repository/edit/message";
import { publication } from "@countersign/repository/edit/publication";
import { revise } from "@countersign/repository/edit/revise";
import { setTarget } from "@countersign/repository/edit/target-edits";
import { targetFileOf, targetStorePath } from "@countersign/repository/target-path";
import { sha256 } from "@countersign/trust/digest";
import { keyidOf } from "@countersign/trust/key";
import { binOf } from "@countersign/trust/tuf/delegation";
import { must, Stopwatch } from "./report.ts";

// One target more in a repository of bins, from its bytes to the timestamp: node publish-one.ts DIRECTORY TARGET_PATH

const [, , directory = "", path = ""] = process.argv;
const secrets = JSON.parse(readFileSync(join(directory, "keys.json"), "utf8")) as Readonly<Record<string, string>>;
const expires = "2090-01-01T00:00:00Z";

function keysOf(role: string): readonly { readonly keyid: string; sign(message: Uint8Array): Promise<Uint8Array> }[] {
  const key = createPrivateKey(secrets[role] ?? secrets["bins"] ?? "");
  const point = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const keyid = keyidOf({ keytype: "ed25519", scheme: "ed25519", keyval: { public: point } });
  return [{ keyid, sign: async (message) => sign(null, message, key) }];
}

const stopwatch = new Stopwatch();
await stopwatch.step("publish", async () => {
  const store = directoryStore(directory);
  const read = async (name: string): Promise<Uint8Array> =>
    must(readMessage((await store.read(`metadata/${name}`)) ?? new Uint8Array(), name)).message;
  const listed = (message: Uint8Array, name: string): unknown => fieldOf(message, "meta", name, "version");
  const [root, timestamp] = [await read("1.root.json"), await read("timestamp.json")];
  const snapshot = await read(`${listed(timestamp, "snapshot.json")}.snapshot.json`);
  const top = await read(`${listed(snapshot, "targets.json")}.targets.json`);
  const bins = fieldOf(top, "delegations", "succinct_roles") as Parameters<typeof binOf>[0] | undefined;
  if (bins === undefined) throw new Error("Error: a repository without bins");
  const role = binOf(bins, path);
  const bin = await read(`${listed(snapshot, `${role}.json`)}.${role}.json`);

  const content = Buffer.from(`content of ${path}\n`);
  await store.write(targetStorePath(path, sha256(content)), content);
  const changed = new Map([[role, revise(bin, expires, [setTarget(path, targetFileOf(content))])]]);
  const terms = { keysOf, expires: { snapshot: expires, timestamp: expires }, listing: "versions" } as const;
  const { files } = await publication({ root, snapshot, timestamp }, changed, terms);
  for (const [name, bytes] of files) await store.write(`metadata/${name}`, bytes);
});
stopwatch.report();
