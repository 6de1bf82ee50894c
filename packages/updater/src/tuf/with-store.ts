// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type Step, stopped } from "@countersign/trust/workflow/step";
import { makeDirectory } from "../durable.ts";
import { refuseIoFailure } from "../io-failure.ts";
import { withLock } from "../lock.ts";
import { MetadataStore } from "./metadata-store.ts";

/** How long to wait for another process in the same directory: as long as a refresh may take on a bad line. */
const waitMilliseconds = 120_000;

/**
 * Works on a directory of metadata that no other process works on meanwhile; it is made if it is missing. Refuses `busy` where another one does for too
 * long, and what `refuseIoFailure` does.
 */
export async function withStore<T>(directory: string, work: (store: MetadataStore) => Promise<Step<T>>): Promise<Step<T>> {
  try {
    await makeDirectory(directory);
    const done = await withLock(join(directory, "lock"), waitMilliseconds, async () => work(await MetadataStore.open(directory)));
    return done.ok ? done.value : stopped(done.refusal);
  } catch (error) {
    return stopped(refuseIoFailure(error, directory).refusal);
  }
}
