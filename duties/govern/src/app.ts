// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import { acts } from "./acts.ts";
import type { Govern } from "./govern.ts";
import { grants } from "./grants.ts";
import { identities } from "./identities.ts";
import { openApiOf } from "./openapi.ts";
import type { Progress } from "./progress.ts";
import { proposals } from "./proposals.ts";
import { requests } from "./requests.ts";
import { routes } from "./routes.ts";
import { windows } from "./windows.ts";

/** Every route of this duty. */
export function app(govern: Govern, progress: Progress): Hono {
  return new Hono()
    .route("/identities", identities(govern))
    .route("/proposals", proposals(govern))
    .route("/requests", requests(govern, progress))
    .route("/windows", windows(govern))
    .route("/", grants(govern))
    .route("/acts", acts(govern.database))
    .get("/openapi.json", (context) => context.json(openApiOf(routes)));
}
