// SPDX-License-Identifier: Apache-2.0
import { braked, brakeRefused } from "./brake.ts";
import type { Kind } from "./detector.ts";
import { detectors } from "./detectors.ts";
import { unreadEntry } from "./monitor.ts";
import { bytesUnfetched, packageDrift, undeclaredPrivilege } from "./release-drift.ts";
import { blind } from "./sight.ts";

/** Every kind of finding that there is: those of the detectors, and those that are made where something is read. */
export const kinds: readonly Kind[] = [
  ...detectors,
  packageDrift,
  undeclaredPrivilege,
  bytesUnfetched,
  unreadEntry,
  braked,
  brakeRefused,
  blind,
];
