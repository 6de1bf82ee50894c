// SPDX-License-Identifier: Apache-2.0
import type { Migration } from "kysely/migration";
import { first } from "./migrations/0001-first.ts";
import { renewals } from "./migrations/0002-renewals.ts";
import { acts } from "./migrations/0003-acts.ts";
import { windows } from "./migrations/0004-windows.ts";
import { grants } from "./migrations/0005-grants.ts";
import { apart } from "./migrations/0006-apart.ts";
import { reviews } from "./migrations/0007-reviews.ts";

/** Every shape the database ever had, oldest first, on SQLite and PostgreSQL alike; one that was released makes the same for ever. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-first": { up: first },
  "0002-renewals": { up: renewals },
  "0003-acts": { up: acts },
  "0004-windows": { up: windows },
  "0005-grants": { up: grants },
  "0006-apart": { up: apart },
  "0007-reviews": { up: reviews },
};
