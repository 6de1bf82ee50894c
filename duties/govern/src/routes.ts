// SPDX-License-Identifier: Apache-2.0
import { linkRoutes } from "./apart/links.ts";
import { transferRoutes } from "./apart/transfers.ts";
import { breakRoutes } from "./break-glass/breaks.ts";
import { grantRoutes } from "./grants.ts";
import { identityRoutes } from "./identities.ts";
import { offboardingRoutes } from "./offboard/offboardings.ts";
import { proposalRoutes } from "./proposals.ts";
import { requestRoutes } from "./requests.ts";
import { reviewRoutes } from "./review/reviews.ts";
import type { RouteDescription } from "./shapes.ts";
import { windowRoutes } from "./windows.ts";

/** Every route of this duty, as it is described; a test compares this with the routes that there are. */
export const routes: readonly RouteDescription[] = [
  ...identityRoutes,
  ...proposalRoutes,
  ...requestRoutes,
  ...windowRoutes,
  ...grantRoutes,
  ...linkRoutes,
  ...transferRoutes,
  ...reviewRoutes,
  ...offboardingRoutes,
  ...breakRoutes,
  { method: "GET", path: "/acts", summary: "what happened: the newest thousand acts without their bodies, newest first" },
  { method: "GET", path: "/acts/:digest", summary: "one act whole, as its digest in the ledger names it" },
  { method: "GET", path: "/openapi.json", summary: "this description" },
];
