// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { servedBytes } from "@countersign/trust/canonical";
import type { RevocationList } from "@countersign/trust/revocation/list";
import { allDenials, type Memory } from "@countersign/updater/memory";
import { type Attack, checks } from "./lab/attack.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { type QuietDefence, runs, strikeDevice } from "./lab/victim.ts";

const path = "revocations/latest";

/** Release 2 has been revoked, and somebody on the way would rather have it installed. */
export const droppedRevocation: Attack = {
  name: "dropped-revocation",
  holds: "a server, and copies of the revocation lists from before the revocation",
  takes: ["distribute"],
  async prepare({ stores, devices }, stack) {
    const listsOf = (store: string): Promise<Uint8Array> => readFile(join(store, path));
    const stale = stack.use(await startMirror(stores.twoRevoked, new Map([[path, await listsOf(stores.one)]])));
    const silent = stack.use(await startMirror(stores.twoRevoked, new Map([[path, undefined]])));
    const emptied = stack.use(await startMirror(stores.twoRevoked, new Map([[path, await listsOf(stores.two)]])));
    const halved = stack.use(await startMirror(stores.twoRevoked, new Map([[path, withoutDenials(await listsOf(stores.twoRevoked))]])));
    const installs = runs(product, "hello 2.0.0");
    return [
      {
        does: "serves revocation lists from before the soak of release 2 ended",
        stoppedBy: checks("revocations/fresh"),
        strike: (without) => strikeDevice(devices.one, stale, without, installs),
      },
      {
        does: "serves no revocation lists at all",
        stoppedBy: checks("revocations/fresh", "revocations/complete"),
        strike: (without) => strikeDevice(devices.one, silent, without, installs),
      },
      {
        does: "serves lists from after the soak and before the revocation",
        stoppedBy: checks("revocations/fresh"),
        strike: (without) => strikeDevice(devices.one, emptied, without, installs),
      },
      {
        does: "serves the fresh list of the revoker who said nothing, and leaves out that of the one who said no",
        stoppedBy: checks("revocations/complete"),
        strike: (without) => strikeDevice(devices.one, halved, without, installs),
      },
      {
        does: "serves the last lists without the entry to a device that has seen it",
        stoppedBy: [{ check: "revocations/remembered", without: "memory:denials" }, ...checks("revocations/fresh", "revocations/complete")],
        strike: (without) => strikeDevice(devices.oneWarned, emptied, without, installs, passesOver),
      },
    ];
  },
};

/** The lists in which nothing is denied, each as its revoker signed it. */
function withoutDenials(latest: Uint8Array): Uint8Array {
  const file = JSON.parse(Buffer.from(latest).toString()) as { readonly lists: readonly { readonly signed: RevocationList }[] };
  return servedBytes({ ...file, lists: file.lists.filter(({ signed }) => signed.denials.length === 0) });
}

/** A release that was denied is not refused when it is offered; it is not a choice. */
const passesOver: QuietDefence = {
  check: "revocations/remembered",
  at: "gate 8",
  seen: async ({ directory, report }) => {
    const memory: Memory = JSON.parse(await readFile(join(directory, "trust", "memory.json"), "utf8"));
    const [denial] = allDenials(memory);
    return report?.result === "current" && denial !== undefined
      ? `the device passes release 2 over and stays with ${report.running?.version}: ${denial.reason}`
      : undefined;
  },
};
