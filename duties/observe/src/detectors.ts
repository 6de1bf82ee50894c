// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "./detector.ts";
import { foreignLeaf } from "./detectors/foreign-leaf.ts";
import { ledgerContradicted } from "./detectors/ledger-contradicted.ts";
import { ledgerRefused } from "./detectors/ledger-refused.ts";
import { monitorSilent } from "./detectors/monitor-silent.ts";
import { quorumLoosened } from "./detectors/quorum-loosened.ts";
import { repositoryRefused } from "./detectors/repository-refused.ts";
import { repositoryRolledBack } from "./detectors/repository-rolled-back.ts";
import { timeLoosened } from "./detectors/time-loosened.ts";
import { unapprovedEntry } from "./detectors/unapproved-entry.ts";
import { unattestedRelease } from "./detectors/unattested-release.ts";
import { unloggedEntry } from "./detectors/unlogged-entry.ts";
import { unloggedFile } from "./detectors/unlogged-file.ts";
import { unpublishedEntry } from "./detectors/unpublished-entry.ts";
import { voiceAdded } from "./detectors/voice-added.ts";
import { watchWeakened } from "./detectors/watch-weakened.ts";

/** Everything that this observer looks for. */
export const detectors: readonly Detector[] = [
  ledgerContradicted,
  ledgerRefused,
  foreignLeaf,
  repositoryRefused,
  repositoryRolledBack,
  unloggedFile,
  unloggedEntry,
  unapprovedEntry,
  unattestedRelease,
  unpublishedEntry,
  monitorSilent,
  voiceAdded,
  quorumLoosened,
  watchWeakened,
  timeLoosened,
];
