// Brings one schema up to date, by one process at a time. It does not know what the migrations do.
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { connectMs } from "./pool.ts";
import { checkServer } from "./server.ts";
import { databaseStartFault } from "./start-fault.ts";

/** How long to wait for another process that migrates, and for every lock on a table. */
const lockMs = 60_000;

export interface MigrateOptions {
  /** Migrations as drizzle-kit writes them, with `meta/_journal.json`. */
  folder: string;
  /** The schema they are for. It is made if it is missing and also keeps the list of what has been applied. */
  schema: string;
  /** Names the advisory lock: a number of one's own for each schema of a database. */
  lockKey: number;
}

/**
 * Checks the server, then applies what is missing, all in one transaction. Processes that call this at the same time
 * wait for each other.
 * @throws StartFault when the server is away or cannot keep the promises; any fault of a migration
 */
export async function migrate(databaseUrl: string, options: MigrateOptions): Promise<void> {
  try {
    await checkAndMigrate(databaseUrl, options);
  } catch (error) {
    throw databaseStartFault(error, databaseUrl);
  }
}

async function checkAndMigrate(databaseUrl: string, { folder, schema, lockKey }: MigrateOptions): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    lock_timeout: lockMs,
    application_name: `parley migrate ${schema}`,
  });
  client.on("error", () => {}); // The statement under way rejects with it.
  await client.connect();
  try {
    await checkServer(client);
    // Session-level: the end of the connection frees it, however that comes about.
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    await applyMigrations(drizzle(client), {
      migrationsFolder: folder,
      migrationsSchema: schema,
      migrationsTable: "migration",
    });
  } finally {
    await client.end();
  }
}
