// SPDX-License-Identifier: Apache-2.0
import { rootVectors, timestampVectors } from "./anchor/cases.ts";
import { channelVectors } from "./anchor/channel.ts";
import { formVectors } from "./forms/cases.ts";
import { heartbeatVectors } from "./heartbeat/cases.ts";
import { checkpointVectors, proofVectors } from "./ledger/cases.ts";
import { contradictionVectors } from "./ledger/contradiction.ts";
import { policyVectors, standingVectors } from "./policy/cases.ts";
import { provenanceVectors } from "./provenance/cases.ts";
import { readThroughVectors } from "./readthrough/cases.ts";
import { deviceVectors } from "./release/device.ts";
import { headVectors, orderVectors, statementVectors } from "./release/documents.ts";
import { entryVectors } from "./release/entry.ts";
import { nextVectors } from "./release/next.ts";
import { outcomeVectors, rolloutVectors } from "./release/outcome.ts";
import { passkeyVectors } from "./release/passkey.ts";
import { denialVectors, listVectors } from "./revocation/cases.ts";
import { sidecarVectors } from "./sidecar/cases.ts";
import type { VectorFile } from "./vector.ts";

/** Every file of vectors. What one of them takes as given is its own business. */
export const vectorFiles: readonly VectorFile<unknown>[] = [
  formVectors,
  rootVectors,
  timestampVectors,
  channelVectors,
  checkpointVectors,
  proofVectors,
  contradictionVectors,
  policyVectors,
  standingVectors,
  statementVectors,
  orderVectors,
  headVectors,
  entryVectors,
  passkeyVectors,
  nextVectors,
  outcomeVectors,
  rolloutVectors,
  deviceVectors,
  provenanceVectors,
  listVectors,
  denialVectors,
  readThroughVectors,
  heartbeatVectors,
  sidecarVectors,
];
