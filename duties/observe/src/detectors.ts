// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "./detector.ts";
import { actorChanged } from "./detectors/actor-changed.ts";
import { buildWithoutGrant } from "./detectors/build-without-grant.ts";
import { credentialElsewhere } from "./detectors/credential-elsewhere.ts";
import { custodyWeakened } from "./detectors/custody-weakened.ts";
import { foreignLeaf } from "./detectors/foreign-leaf.ts";
import { glassBroken } from "./detectors/glass-broken.ts";
import { identityWithoutGrant } from "./detectors/identity-without-grant.ts";
import { lateIntent } from "./detectors/late-intent.ts";
import { ledgerContradicted } from "./detectors/ledger-contradicted.ts";
import { ledgerRefused } from "./detectors/ledger-refused.ts";
import { mirrorDiffers } from "./detectors/mirror-differs.ts";
import { mirrorStale } from "./detectors/mirror-stale.ts";
import { monitorSilent } from "./detectors/monitor-silent.ts";
import { privilegesGrown } from "./detectors/privileges-grown.ts";
import { quorumLoosened } from "./detectors/quorum-loosened.ts";
import { rebuildDiffers } from "./detectors/rebuild-differs.ts";
import { releaseOverCount } from "./detectors/release-over-count.ts";
import { releaseUndeclared } from "./detectors/release-undeclared.ts";
import { releaseUnshown } from "./detectors/release-unshown.ts";
import { releaseWithoutIntent } from "./detectors/release-without-intent.ts";
import { repositoryRefused } from "./detectors/repository-refused.ts";
import { repositoryRolledBack } from "./detectors/repository-rolled-back.ts";
import { signedWithoutGrant } from "./detectors/signed-without-grant.ts";
import { splitView } from "./detectors/split-view.ts";
import { timeLoosened } from "./detectors/time-loosened.ts";
import { timestampStale } from "./detectors/timestamp-stale.ts";
import { trustExpiring } from "./detectors/trust-expiring.ts";
import { unapprovedEntry } from "./detectors/unapproved-entry.ts";
import { unattestedRelease } from "./detectors/unattested-release.ts";
import { unloggedEntry } from "./detectors/unlogged-entry.ts";
import { unloggedFile } from "./detectors/unlogged-file.ts";
import { unpublishedEntry } from "./detectors/unpublished-entry.ts";
import { voiceAdded } from "./detectors/voice-added.ts";
import { watchWeakened } from "./detectors/watch-weakened.ts";
import { windowUnvouched } from "./detectors/window-unvouched.ts";

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
  releaseWithoutIntent,
  lateIntent,
  releaseOverCount,
  releaseUndeclared,
  releaseUnshown,
  buildWithoutGrant,
  identityWithoutGrant,
  signedWithoutGrant,
  windowUnvouched,
  glassBroken,
  credentialElsewhere,
  actorChanged,
  splitView,
  mirrorDiffers,
  mirrorStale,
  timestampStale,
  trustExpiring,
  privilegesGrown,
  rebuildDiffers,
  voiceAdded,
  quorumLoosened,
  watchWeakened,
  custodyWeakened,
  timeLoosened,
];
