// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { measuredRates } from "@countersign/drift/measured-rates";
import { people, rootOf } from "@countersign/trust/founding.test-support";
import { must, signedBytes } from "@countersign/trust/simulator.test-support";
import { detectors } from "./detectors.ts";
import { FindingsFile } from "./findings-file.ts";
import { IntentBook } from "./intent-book.ts";
import { LedgerCopy } from "./ledger-copy.ts";
import { entry, ledgerFields, logOf, serving } from "./log-files.test-support.ts";
import { Mirrors } from "./mirrors.ts";
import { Observer } from "./observer.ts";
import { Rebuilds } from "./rebuilds.ts";

const directory = mkdtempSync(join(tmpdir(), "observer-"));
after(() => rmSync(directory, { recursive: true }));

test("attack: a disk on which no finding can be written any more: the cursor stays, and what was found is found again", async () => {
  const { alice, bob } = people;
  const countersign = { ...(rootOf() as { readonly countersign: object }).countersign, ...ledgerFields };
  using copy = new LedgerCopy(join(directory, "copy.sqlite"));
  const file = join(directory, "findings.jsonl");
  const read = serving(await logOf([entry("a"), Buffer.from("not an entry"), entry("b")]));
  const anchor = await signedBytes(rootOf({ countersign }), alice, bob);
  const parts = {
    ...{
      store: "http://127.0.0.1:9",
      detectors,
      copy,
      measure: { rates: measuredRates },
      graceSeconds: 60,
      silenceSeconds: 60,
      now: Date.now,
    },
    ...{ anchor, read, rebuilds: new Rebuilds(read, copy), mirrors: new Mirrors([], anchor) },
    intents: new IntentBook({ read, copy, govern: undefined, file: undefined, graceSeconds: 60 }),
  };

  const full = new FindingsFile(file, detectors);
  full[Symbol.dispose]();
  const descriptor = openSync("/dev/full", "a"); // takes the number of the file that was closed
  await assert.rejects(must(Observer.open({ ...parts, findings: full })).look(), /ENOSPC/);
  closeSync(descriptor);
  assert.equal(copy.cursor.size, 0);

  using findings = new FindingsFile(file, detectors);
  await must(Observer.open({ ...parts, findings })).look();
  assert.equal(copy.cursor.size, 3);
  assert.deepEqual(
    findings.all.map(({ detector }) => detector),
    ["foreign-leaf"],
  );
});
