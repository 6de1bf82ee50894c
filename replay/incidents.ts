// SPDX-License-Identifier: Apache-2.0
import type { Incident } from "./incident.ts";
import { compromisedBuilds } from "./incidents/compromised-builds.ts";
import { servedBytes } from "./incidents/served-bytes.ts";
import { takeovers } from "./incidents/takeovers.ts";

/** The known incidents that are replayed, by the way in. */
export const incidents: readonly Incident[] = [...takeovers, ...compromisedBuilds, ...servedBytes];
