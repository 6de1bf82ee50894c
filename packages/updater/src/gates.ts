// SPDX-License-Identifier: Apache-2.0
import type { Gate } from "./gate.ts";
import { applyGate } from "./gates/apply.ts";
import { approvalsGate } from "./gates/approvals.ts";
import { channelGate } from "./gates/channel.ts";
import { confirmGate } from "./gates/confirm.ts";
import { downloadGate } from "./gates/download.ts";
import { fastForwardRecoveryGate } from "./gates/fast-forward-recovery.ts";
import { headGate } from "./gates/head.ts";
import { healthGate } from "./gates/health.ts";
import { ledgerGate } from "./gates/ledger.ts";
import { privilegesGate } from "./gates/privileges.ts";
import { provenanceGate } from "./gates/provenance.ts";
import { revalidateGate } from "./gates/revalidate.ts";
import { revocationsGate } from "./gates/revocations.ts";
import { rootGate } from "./gates/root.ts";
import { snapshotGate } from "./gates/snapshot.ts";
import { soakGate } from "./gates/soak.ts";
import { stageGate } from "./gates/stage.ts";
import { targetsGate } from "./gates/targets.ts";
import { timestampGate } from "./gates/timestamp.ts";

/** The list of gates: everything that must be true before a version runs here, in order. */
export const gates: readonly Gate[] = [
  rootGate,
  fastForwardRecoveryGate,
  timestampGate,
  snapshotGate,
  targetsGate,
  channelGate,
  revocationsGate,
  ledgerGate,
  headGate,
  soakGate,
  provenanceGate,
  approvalsGate,
  privilegesGate,
  downloadGate,
  stageGate,
  revalidateGate,
  applyGate,
  healthGate,
  confirmGate,
];

/** The gate at which it is heard who said no; what it hears is kept, whatever later ones find. */
export const revocationsGateNumber = 6;

/** The last gate that only looks: a check ends here, an install goes on. */
export const lastReadingGate = 12;
