// SPDX-License-Identifier: Apache-2.0
import type { Check } from "../check.ts";
import { snapshotChecks as plainSnapshotChecks, type Snapshot } from "../tuf/snapshot.ts";
import { type OwnedSubject, onward, owners } from "./role.ts";

/** TUF 5.5 for a snapshot of ours: by different owners, and never back. */
export const snapshotChecks: readonly Check<OwnedSubject<Snapshot>>[] = [...plainSnapshotChecks, onward("snapshot"), owners("snapshot")];
