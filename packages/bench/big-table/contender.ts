// A variant with a chat-history that serves it, as the measurements need it.
import type { EmbeddedPostgres } from "@parley/embedded";
import { Client } from "pg";
import { databaseUrl, setSettings } from "./cluster.ts";
import { startHistory, type HistoryService, type Surroundings } from "./service.ts";
import type { Variant } from "./variants.ts";

export interface Contender {
  variant: Variant;
  history: HistoryService;
  client: Client;
  token: string;
  /** Everything that takes part; PostgreSQL is both contenders', of whom one is measured at a time. */
  pids: { history: number; redis: number; postgres: number };
  close(): Promise<void>;
}

/** @param settings of all its sessions, where they have none of their own */
export async function openContender(
  server: EmbeddedPostgres,
  variant: Variant,
  surroundings: Surroundings,
  settings: Record<string, string> = {},
): Promise<Contender> {
  await setSettings(server, variant, settings);
  const history = await startHistory(databaseUrl(server, variant), surroundings);
  const client = new Client({ connectionString: databaseUrl(server, variant) });
  await client.connect();
  return {
    variant,
    history,
    client,
    token: await surroundings.tokens.sign({ accountId: "reader", name: "Bench" }),
    pids: { history: history.pid, redis: history.redisPid, postgres: server.pid },
    async close() {
      await client.end();
      await history.close();
    },
  };
}

/** Messages in all rooms. */
export async function countMessages(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>("SELECT sum(last_seq) AS count FROM chat.room");
  return Number(rows[0]?.count);
}

/** Reads tables and indexes, as far as memory holds them: a server that has run for a while has. */
export async function warm({ client }: Contender): Promise<void> {
  await client.query("CREATE EXTENSION IF NOT EXISTS pg_prewarm SCHEMA big_table");
  await client.query(`
    SELECT sum(big_table.pg_prewarm(oid)) FROM pg_class
    WHERE relnamespace::regnamespace::text ~ '^chat' AND relkind IN ('r', 'i')`);
}
