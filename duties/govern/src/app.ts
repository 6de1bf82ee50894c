// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import { acts } from "./acts.ts";
import { links } from "./apart/links.ts";
import { transfers } from "./apart/transfers.ts";
import { breaks } from "./break-glass/breaks.ts";
import type { Govern } from "./govern.ts";
import { grants } from "./grants.ts";
import { identities } from "./identities.ts";
import { offboardings } from "./offboard/offboardings.ts";
import { openApiOf } from "./openapi.ts";
import type { Progress } from "./progress.ts";
import { proposals } from "./proposals.ts";
import { requests } from "./requests.ts";
import { reviews } from "./review/reviews.ts";
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
    .get("/openapi.json", (context) => context.json(openApiOf(routes)))
    .route("/links", links(govern))
    .route("/transfers", transfers(govern))
    .route("/reviews", reviews(govern))
    .route("/offboardings", offboardings(govern))
    .route("/breaks", breaks(govern));
}
