// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { directoryStore } from "@countersign/repository/directory-store";
import { httpReader } from "@countersign/repository/http-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository } from "@countersign/repository/view";
import type { Check } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { accept } from "@countersign/trust/refusal";
import { readTrustedRoot } from "./bundle.ts";
import type { BundleSubject } from "./bundle-checks.ts";
import { readBundlePolicy } from "./bundle-policy.ts";
import { parseConfig } from "./config.ts";
import { VerifierRecord } from "./record.ts";
import { routes } from "./routes.ts";

const MAX_REQUEST_BYTES = 1024 * 1024;

/** Runs a verifier as this process, with these checks: `bundleChecks`, or what an attack leaves of them. */
export function runVerifier(checks: readonly Check<BundleSubject>[]): void {
  runDuty("build-verifier", parseConfig, async (config, signal) => {
    const anchor = await readFile(config.anchor);
    const read = readFrom(httpReader(config.repository));
    const pinned = readBundlePolicy(await readFile(config.bundlePolicy));
    if (!pinned.ok) return pinned;
    const root = await readFile(config.trustedRoot);
    const material = readTrustedRoot(root);
    if (!material.ok) return material;
    const verifying = {
      key: await openKey(config.key),
      policy: async () => {
        const view = await openRepository(read, anchor, Date.now());
        return view.ok ? accept(view.value.policy) : view;
      },
      pinned: pinned.value,
      trustedRoot: { material: material.value, digest: sha256(root) },
      store: directoryStore(config.store, {
        prefixes: ["bundles/", "provenance/", "proofs/"],
        immutable: (path) => !path.startsWith("proofs/"), // proofs of one entry differ by the checkpoint they stand on
      }),
      ledger: ledgerClient(config.ledger),
      record: new VerifierRecord(config.state),
      summariesPerHour: config.summariesPerHour,
      now: Date.now,
      checks,
    };
    return { url: await serve(routes(verifying), { port: config.port, maxBodyBytes: MAX_REQUEST_BYTES }, signal) };
  });
}
