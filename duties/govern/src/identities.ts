// SPDX-License-Identifier: Apache-2.0
import { accept, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { z } from "zod";
import { answerAct } from "./act-route.ts";
import { answer } from "./answer.ts";
import type { Govern } from "./govern.ts";
import { registration, reviewBy } from "./identity.ts";
import { identityRetired, identitySuspended } from "./identity-acts.ts";
import { endIdentity, identityNamed, register, registerIdentity, renewIdentity } from "./register.ts";
import { type RouteDescription, reason } from "./shapes.ts";

const ending: z.ZodType<{ readonly reason: string }> = z.strictObject({ reason });

const renewal: z.ZodType<{ readonly reviewBy: string }> = z.strictObject({ reviewBy });

/** The register. Whoever changes it sends an act that they signed, whose subject is the name. */
export function identities(govern: Govern): Hono {
  const app = new Hono();

  app.get("/", async () => answer(accept({ identities: await register(govern.database) })));

  app.get("/:name", async ({ req }) => {
    const name = req.param("name");
    const found = await identityNamed(govern.database, name);
    return answer(found ? accept(found) : refuse("identity-unknown", "a registered identity", name, "See: countersign identity list"));
  });

  app.post("/", ({ req }) =>
    answerAct(govern, req, {
      act: "identity.register",
      shape: registration,
      work: (heard) => registerIdentity(govern, heard),
      status: 201,
    }),
  );

  app.post("/suspensions", ({ req }) =>
    answerAct(govern, req, { act: "identity.suspend", shape: ending, work: (heard) => endIdentity(govern, heard, identitySuspended) }),
  );

  app.post("/retirements", ({ req }) =>
    answerAct(govern, req, { act: "identity.retire", shape: ending, work: (heard) => endIdentity(govern, heard, identityRetired) }),
  );

  app.post("/renewals", ({ req }) =>
    answerAct(govern, req, { act: "identity.renew", shape: renewal, work: (heard) => renewIdentity(govern, heard) }),
  );

  return app;
}

export const identityRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/identities", summary: "everything that was ever registered" },
  { method: "GET", path: "/identities/:name", summary: "one identity" },
  { method: "POST", path: "/identities", summary: "its owner registers an identity", act: "identity.register", body: registration },
  { method: "POST", path: "/identities/suspensions", summary: "anybody suspends one", act: "identity.suspend", body: ending },
  { method: "POST", path: "/identities/retirements", summary: "its owner or deputy ends one", act: "identity.retire", body: ending },
  { method: "POST", path: "/identities/renewals", summary: "another person renews one", act: "identity.renew", body: renewal },
];
