// A database of its own for each test that asks, which can be taken away and given back.
import type { EventEmitter } from "node:events";
import { createDatabase } from "@parley/embedded";
import { createLog } from "@parley/service";
import { Client, Pool } from "pg";
import { inject, onTestFinished } from "vitest";
import { createPool } from "../src/index.ts";

export const silentLog = createLog("test", "silent");

export async function openDatabase() {
  const adminUrl: string = inject("databaseUrl");
  const { url, drop } = await createDatabase(adminUrl);
  onTestFinished(drop);
  const name = new URL(url).pathname.slice(1);
  return {
    url,
    /** Ends every connection and takes no more. */
    shut: async () => {
      await run(adminUrl, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await run(adminUrl, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`);
    },
    open: () => run(adminUrl, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`),
  };
}

/** A pool on a database of its own. */
export async function openPool() {
  const database = await openDatabase();
  const pool: Pool = createPool(database.url, { log: silentLog, name: "test" });
  onTestFinished(() => pool.end());
  return { ...database, pool };
}

/** One statement on a connection of its own. */
async function run(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Resolves at the next such event; unlike `events.once` it takes no error for an answer. */
export function heard(emitter: EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => {
    emitter.once(event, () => resolve());
  });
}
