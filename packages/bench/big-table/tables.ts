// A variant's tables, filled once and then used again. It must not know what is measured on them.
import type { EmbeddedPostgres } from "@parley/embedded";
import type { Client } from "pg";
import { databaseUrl, hasDatabase, recreateDatabase, withClient, type Cluster } from "./cluster.ts";
import { checkNumbers, fill } from "./fill.ts";
import { createKey } from "./keys.ts";
import { startHistory, type Surroundings } from "./service.ts";
import { readSizes, type Size } from "./sizes.ts";
import { nameAlike, shape, variants, type Variant } from "./variants.ts";

/** What filling took, in seconds, and what came of it; kept in the database itself. */
export interface Filled {
  rows: number;
  /** Before anything was added. */
  sizes: Size[];
  insertSeconds: number;
  keySeconds: number;
}

interface Wanted {
  rows: number;
  /** Of the chat-history that brings the schema. */
  surroundings: Surroundings;
  /** Told how far it is. */
  tell: (line: string) => void;
}

/** @throws Error if the folder is filled with another number of rows */
export async function fillMissing(cluster: Cluster, wanted: Wanted): Promise<Record<Variant, Filled>> {
  const server = await cluster.startFilling();
  try {
    const filled: Partial<Record<Variant, Filled>> = {};
    for (const variant of variants)
      filled[variant] = (await readFilled(server, variant, wanted.rows)) ?? (await fillTables(server, variant, wanted));
    return filled as Record<Variant, Filled>;
  } finally {
    await server.stop();
  }
}

/** Undefined if the variant is not filled, or filling it was broken off. */
async function readFilled(server: EmbeddedPostgres, variant: Variant, rows: number): Promise<Filled | undefined> {
  if (!(await hasDatabase(server, variant))) return undefined;
  const filled = await withClient(databaseUrl(server, variant), async (client) => {
    const { rows: tables } = await client.query("SELECT FROM pg_tables WHERE schemaname = 'big_table'");
    if (tables.length === 0) return undefined;
    return (await client.query<{ filled: Filled }>("SELECT filled FROM big_table.filled")).rows[0]?.filled;
  });
  if (filled && filled.rows !== rows)
    throw new Error(
      `The folder holds ${filled.rows} rows, not ${rows}: name another one, or say --rows ${filled.rows}`,
    );
  return filled;
}

/** Begins afresh. */
async function fillTables(server: EmbeddedPostgres, variant: Variant, wanted: Wanted): Promise<Filled> {
  const { rows, surroundings } = wanted;
  const tell = (line: string) => wanted.tell(`${variant}: ${line}`);
  await recreateDatabase(server, variant);
  const url = databaseUrl(server, variant);
  tell("chat-history's own migrations");
  await (await startHistory(url, surroundings)).close();
  return withClient(url, async (client) => {
    const keys = await shape(client, variant);
    const insertSeconds = await timed(() => fill(client, rows, (done) => tell(`${done} of ${rows} rows`)));
    let keySeconds = 0;
    for (const key of keys) {
      const seconds = await timed(() => createKey(client, key));
      keySeconds += seconds;
      tell(`${key.name} made in ${seconds.toFixed(0)} s`);
    }
    await nameAlike(client);
    tell("VACUUM and ANALYZE");
    await client.query("VACUUM (ANALYZE)");
    await checkNumbers(client);
    const filled = { rows, insertSeconds, keySeconds, sizes: await readSizes(client) };
    await keep(client, filled);
    return filled;
  });
}

async function keep(client: Client, filled: Filled): Promise<void> {
  await client.query("CREATE SCHEMA big_table");
  await client.query("CREATE TABLE big_table.filled (filled jsonb NOT NULL)");
  await client.query("INSERT INTO big_table.filled VALUES ($1)", [JSON.stringify(filled)]);
  await client.query("CHECKPOINT");
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1_000;
}
