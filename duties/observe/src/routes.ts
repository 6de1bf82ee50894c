// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import type { Observer } from "./observer.ts";

/** What an observer answers: everything that it found, and how its last look went. */
export function routes(observer: Observer): Hono {
  const app = new Hono();
  app.get("/findings", () => Response.json({ findings: observer.findings }));
  app.get("/status", () => Response.json(observer.status));
  return app;
}
