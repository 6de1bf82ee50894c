// SPDX-License-Identifier: Apache-2.0
import { arbitrarySoftware } from "./arbitrary-software.ts";
import { blindedMonitor } from "./blinded-monitor.ts";
import { colludingLog } from "./colluding-log.ts";
import { deadMonitor } from "./dead-monitor.ts";
import { droppedRevocation } from "./dropped-revocation.ts";
import { endlessData } from "./endless-data.ts";
import { equivocatingGovern } from "./equivocating-govern.ts";
import { fastForward } from "./fast-forward.ts";
import { federatedPins } from "./federated-pins.ts";
import { forgedApproval } from "./forged-approval.ts";
import { forgedClassicalKeys } from "./forged-classical-keys.ts";
import { forgedProof } from "./forged-proof.ts";
import { forgedProvenance } from "./forged-provenance.ts";
import { freeze } from "./freeze.ts";
import { implantedBuilder } from "./implanted-builder.ts";
import type { Attack } from "./lab/attack.ts";
import { launderedOwner } from "./laundered-owner.ts";
import { logFork } from "./log-fork.ts";
import { logRollback } from "./log-rollback.ts";
import { lyingApprovalPage } from "./lying-approval-page.ts";
import { mixAndMatch } from "./mix-and-match.ts";
import { oneOwnerTwoKeys } from "./one-owner-two-keys.ts";
import { outdatedBundle } from "./outdated-bundle.ts";
import { poisonedClock } from "./poisoned-clock.ts";
import { releaseWithoutIntent } from "./release-without-intent.ts";
import { replayedRepository } from "./replayed-repository.ts";
import { rogueAdministrator } from "./rogue-administrator.ts";
import { rollback } from "./rollback.ts";
import { rushedPolicy } from "./rushed-policy.ts";
import { secondStatement } from "./second-statement.ts";
import { selfApprovalBySecondAccount } from "./self-approval-by-second-account.ts";
import { slowRetrieval } from "./slow-retrieval.ts";
import { smallOrderKey } from "./small-order-key.ts";
import { soakSkipped } from "./soak-skipped.ts";
import { splitView } from "./split-view.ts";
import { stolenApprover } from "./stolen-approver.ts";
import { stolenCiJob } from "./stolen-ci-job.ts";
import { stolenGovern } from "./stolen-govern.ts";
import { stolenGrant } from "./stolen-grant.ts";
import { stolenPublishHost } from "./stolen-publish-host.ts";
import { stolenPublishKey } from "./stolen-publish-key.ts";
import { stolenSigner } from "./stolen-signer.ts";
import { swappedBytes } from "./swapped-bytes.ts";
import { thinQuorum } from "./thin-quorum.ts";
import { undeclaredPrivilege } from "./undeclared-privilege.ts";
import { unloggedMetadata } from "./unlogged-metadata.ts";
import { windowOutlived } from "./window-outlived.ts";
import { withheldCheckpoint } from "./withheld-checkpoint.ts";
import { wrongTarget } from "./wrong-target.ts";

/** Those that a live demonstration shows; they need nothing planted. */
export const demoAttacks: readonly Attack[] = [swappedBytes, stolenSigner, forgedApproval, replayedRepository, stolenPublishKey];

/** The list of attacks. */
export const attacks: readonly Attack[] = [
  ...demoAttacks,
  arbitrarySoftware,
  rollback,
  freeze,
  outdatedBundle,
  mixAndMatch,
  fastForward,
  endlessData,
  slowRetrieval,
  wrongTarget,
  oneOwnerTwoKeys,
  forgedProvenance,
  stolenCiJob,
  implantedBuilder,
  forgedClassicalKeys,
  droppedRevocation,
  poisonedClock,
  stolenPublishHost,
  secondStatement,
  lyingApprovalPage,
  stolenApprover,
  rushedPolicy,
  rogueAdministrator,
  equivocatingGovern,
  stolenGovern,
  selfApprovalBySecondAccount,
  launderedOwner,
  thinQuorum,
  windowOutlived,
  stolenGrant,
  federatedPins,
  logFork,
  logRollback,
  splitView,
  withheldCheckpoint,
  colludingLog,
  forgedProof,
  smallOrderKey,
  unloggedMetadata,
  soakSkipped,
  releaseWithoutIntent,
  undeclaredPrivilege,
  blindedMonitor,
  deadMonitor,
];
