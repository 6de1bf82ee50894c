// SPDX-License-Identifier: Apache-2.0
// The examples in docs/ are documents that the readers of this implementation take.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bundlePolicy } from "@countersign/build/verifier/bundle-policy";
import { root } from "@countersign/trust/anchor/root";
import { timestamp } from "@countersign/trust/anchor/timestamp";
import { signedCertificate } from "@countersign/trust/build/certificate";
import { judge } from "@countersign/trust/check";
import { type Decoder, decode } from "@countersign/trust/decode";
import { envelope } from "@countersign/trust/envelope";
import { rootOf } from "@countersign/trust/founding.test-support";
import { heartbeat } from "@countersign/trust/heartbeat/heartbeat";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { policy } from "@countersign/trust/policy/policy";
import { readThroughChecks } from "@countersign/trust/readthrough/checks";
import { readReadThrough } from "@countersign/trust/readthrough/read-through";
import { approval } from "@countersign/trust/release/approval";
import { head } from "@countersign/trust/release/head";
import { order } from "@countersign/trust/release/order";
import { statement } from "@countersign/trust/release/statement";
import { revocationList } from "@countersign/trust/revocation/list";
import { must, person } from "@countersign/trust/simulator.test-support";
import { bundleDescription } from "@countersign/updater/bundle/description";
import { ledger, ledgerOf, policyWith } from "./scene.ts";

const docs = join(import.meta.dirname, "../docs");
const pages = readdirSync(docs).filter((page) => page.endsWith(".md"));
const textOf = (page: string): string => readFileSync(join(docs, page), "utf8");

/** What a fence is marked with, after `json`. */
const readers: Readonly<Record<string, Decoder<unknown>>> = {
  extension: (value, at) => root({ ...rootOf(), countersign: value }, at),
  timestamp: envelope(timestamp),
  policy,
  statement,
  approval: envelope(approval),
  certificate: signedCertificate,
  "bundle-policy": bundlePolicy,
  order,
  head,
  list: envelope(revocationList),
  heartbeat: envelope(heartbeat),
  bundle: bundleDescription,
};

test("every example of a document reads as that document", () => {
  const read = new Set<string>();
  for (const page of pages)
    for (const [, kind = "", text = ""] of textOf(page).matchAll(/^```json (\S+)\n(.*?)^```$/gms)) {
      const decoder = readers[kind];
      assert.ok(decoder !== undefined, `${page} has an example of ${kind}`);
      must(decode(decoder, must(parseJson(Buffer.from(text), defaultLimits)), `${kind} in ${page}`));
      read.add(kind);
    }
  assert.deepEqual([...read].sort(), Object.keys(readers).sort());
});

test("the example of a read-through verifies", () => {
  const [, note = ""] = /^```readthrough\n(.*?)^```$/ms.exec(textOf("readthrough.md")) ?? [];
  const watch = person("watch");
  const holders = { [watch.keyid]: { key: watch.key, holder: "watch", owner: "watch" } };
  const trust = ledgerOf(ledger);
  const candidate = must(readReadThrough("watch", Buffer.from(note), trust));
  must(
    judge({ candidate, policy: policyWith({}, { holders, monitors: { watch: watch.keyid } }), ledger: trust }, readThroughChecks).outcome,
  );
});

test("every page is in the index, and every link leads somewhere", () => {
  const index = textOf("README.md");
  for (const page of pages) {
    assert.ok(page === "README.md" || index.includes(`(${page})`), page);
    for (const [, target = ""] of textOf(page).matchAll(/\]\((?!https:)([^)#]+)/g))
      assert.ok(readdirSync(join(docs, target, "..")).includes(target.split("/").at(-1) ?? ""), `${page}: ${target}`);
  }
});
