// The connection that may write one partition's messages: it holds the right (an advisory lock) and uses it.
// It knows neither what a transaction does, nor where entries come from, nor who hears of the outcome.
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatMessagePubSub } from "@parley/contracts";
import { Client } from "pg";
import { createMemory, record, type Recorded } from "./record.ts";

/** First half of the advisory lock's key ("prly"); the partition is the second. */
export const lockClass = 0x70726c79;
export const queryMs = 6_000;
export const connectMs = 5_000;

/**
 * The server ends a session that stays silent, so that a stopped process loses the right to write (a ping goes out
 * every 2 s); it gives up statements and locks before anybody else would notice.
 */
const sessionSettings = `
  SET synchronous_commit = on; SET statement_timeout = '5s'; SET lock_timeout = '500ms';
  SET idle_session_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s';
  SET plan_cache_mode = force_generic_plan; -- Planning costs more than storing a few messages.
  SET enable_seqscan = off; -- A plan that was made while a table was small would read all of it later.
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3`;

export interface Writer {
  /** Whether this connection now holds the right to write, until it closes. Doubles as the ping. */
  tryLock(): Promise<boolean>;
  /**
   * Stores the entries in one transaction. Answers in their order. Rejects if the outcome is not a certain commit.
   * `meanwhile` is called while the server has them in hand.
   */
  store(entries: ChatMessagePubSub[], meanwhile?: () => void): Promise<Recorded[]>;
  close(): Promise<void>;
}

/** How long the end of a connection may take, in milliseconds: over a broken one the server never answers. */
export const closeMs = 1_000;

export interface WriterOptions {
  databaseUrl: string;
  partition: number;
  /** Whether a room comes into being with its first message (ROOMS_AUTO_CREATE). */
  createsRooms: boolean;
  /** Called, if given, between the insert and the COMMIT, which then do not leave together. */
  inserted?: (() => void) | undefined;
}

export async function openWriter({ databaseUrl, partition, createsRooms, inserted }: WriterOptions): Promise<Writer> {
  const client = new Client({
    connectionString: databaseUrl,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    application_name: `parley recorder ${partition}`,
  });
  client.on("error", () => {}); // What was under way rejects; the next call rejects too.
  await connect(client, sessionSettings);
  let held = false;
  const memory = createMemory();

  return {
    async tryLock() {
      if (held) await client.query("SELECT 1");
      else held = await lock(client, partition);
      return held;
    },
    async store(entries, meanwhile) {
      try {
        return await record(client, entries, { memory, createsRooms, inserted, meanwhile });
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {}); // The first fault is the one to tell.
        throw error;
      }
    },
    close: () => Promise.race([client.end(), sleep(closeMs, undefined, { ref: false })]),
  };
}

/** Leaves no connection behind if that fails. */
export async function connect(client: Client, settings: string): Promise<void> {
  try {
    await client.connect();
    await client.query(settings);
  } catch (error) {
    void client.end().catch(() => {}); // The first fault is the one to tell.
    throw error;
  }
}

async function lock(client: Client, partition: number): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS held", [
    lockClass,
    partition,
  ]);
  return rows[0]?.held ?? false;
}
