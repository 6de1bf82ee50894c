// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Dialect, type Kysely, type MigrationLockOptions, SqliteAdapter, type SqliteDatabase, SqliteDialect } from "kysely";

/** SQLite in this file, by node:sqlite; `:memory:` is a database of its own in memory. */
export function sqlite(file: string): Dialect {
  const dialect = new SqliteDialect({ database: nodeSqlite(file) });
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => dialect.createDriver(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

/** SQLite changes tables in transactions, whatever kysely thinks: a migration that is killed has not happened. Two processes that migrate take turns. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override async acquireMigrationLock(database: Kysely<never>, { lockTable, lockRowId }: MigrationLockOptions): Promise<void> {
    const locks = database as unknown as Kysely<Record<string, { id: string; is_locked: number }>>;
    await locks.updateTable(lockTable).set({ is_locked: 0 }).where("id", "=", lockRowId).execute();
  }
}

function nodeSqlite(file: string): SqliteDatabase {
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000");
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}
