// SPDX-License-Identifier: Apache-2.0
import { errorText, logEvent } from "@countersign/daemon/event";
import { type Dialect, PostgresDialect } from "kysely";
import { Pool } from "pg";

/** How many connections one process keeps: one writes at a time, the others read. */
const CONNECTIONS = 8;

/** How long a statement may wait, for its turn too, before it fails and the caller asks again. */
const PATIENCE_MS = 30_000;

/**
 * PostgreSQL at this URL. A password is better kept in the file that PGPASSFILE names. Every commit is durable, whatever the server's default.
 */
export function postgres(url: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE_MS,
    options: `-c statement_timeout=${PATIENCE_MS} -c synchronous_commit=on`,
  });
  pool.on("error", (error) => logEvent("govern", "database-connection-lost", { error: errorText(error) })); // the next query takes another
  return new PostgresDialect({ pool });
}
