// SPDX-License-Identifier: Apache-2.0
import type { Incident } from "../incident.ts";

/** No release was made: somebody changed what was served, to all or to some. Nothing on the side of releases can show it. */
export const servedBytes: readonly Incident[] = [
  {
    id: "codecov-bash-2021",
    at: "2021-01-31T00:00Z",
    what: "a script in a storage bucket is changed in place; no release, no signature",
    expected: "no release",
    stoppedBy:
      "bytes are named by digest in a signed statement: changed ones are refused (attack swapped-bytes); observers compare mirrors",
  },
  {
    id: "notepad-plus-plus-2025",
    at: "2025-06-01T00:00Z",
    what: "an updater's requests are redirected, for chosen victims, to an installer of the attacker",
    expected: "no release",
    stoppedBy: "origin is a key and not a host: what another server sends is refused (attack arbitrary-software)",
  },
];
