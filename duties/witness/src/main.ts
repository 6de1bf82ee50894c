// SPDX-License-Identifier: Apache-2.0
import { openKey } from "@countersign/custody/place";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { MAX_ADD_CHECKPOINT_BYTES } from "@countersign/tlog/add-checkpoint";
import { cosigningKey } from "@countersign/tlog/signer";
import { parseConfig } from "./config.ts";
import { routes } from "./routes.ts";
import { WitnessStore } from "./store.ts";

runDuty("witness", parseConfig, async ({ port, state, name, key: place, logs }, signal) => {
  const key = await openKey(place);
  const signer = { name, ...cosigningKey(key.publicKey), sign: (message: Uint8Array) => key.sign(message) };
  const store = new WitnessStore(state);
  const now = () => Math.floor(Date.now() / 1000);
  return { url: await serve(routes({ store, logs, signer, now }), { port, maxBodyBytes: MAX_ADD_CHECKPOINT_BYTES }, signal) };
});
