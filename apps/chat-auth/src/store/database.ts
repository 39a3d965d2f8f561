// How the store speaks to PostgreSQL.
import { drizzle, type NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import type { PgDatabase } from "drizzle-orm/pg-core";
import type { Pool } from "pg";

/** The pool, or one transaction on it. */
export type Database = PgDatabase<NodePgQueryResultHKT>;

export function createDatabase(pool: Pool): Database {
  return drizzle(pool);
}
