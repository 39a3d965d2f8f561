// Which PostgreSQL: somebody else's by its URL, or our own, kept in the data folder between starts.
import { join } from "node:path";
import { startPostgres } from "@parley/embedded";
import type { Lifecycle } from "@parley/service";
import { lockData } from "./data-lock.ts";

export interface Database {
  url: string;
  /** What it is, for people; without secrets. */
  description: string;
}

export async function openDatabase(
  databaseUrl: string | undefined,
  dataDir: string,
  lifecycle: Lifecycle,
): Promise<Database> {
  if (databaseUrl !== undefined)
    return { url: databaseUrl, description: `PostgreSQL at ${new URL(databaseUrl).host} (DATABASE_URL)` };
  lifecycle.opened("data lock", await lockData(dataDir));
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres") });
  lifecycle.opened("embedded PostgreSQL", () => postgres.stop());
  return { url: postgres.url, description: `PostgreSQL 18, embedded, kept in ${dataDir} (DATABASE_URL uses another)` };
}
