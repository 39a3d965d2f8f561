// The connection that may write one partition's messages: it holds the right (an advisory lock) and uses it.
// It knows the transaction; not where entries come from, nor who hears of the outcome.
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatMessagePubSub, StoredMessage } from "@parley/contracts";
import { Client } from "pg";
import { parseMessage, type MessageRow } from "./message-row.ts";
import { createRooms, lockRooms, storeMessages } from "./record-sql.ts";

/** First half of the advisory lock's key ("prly"); the partition is the second. */
export const lockClass = 0x70726c79;
export const queryMs = 6_000;
export const connectMs = 5_000;

/** Rooms that are known to be there. Beyond it all are asked for again. */
const knownRoomsMax = 100_000;
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

/** What became of an entry: the message that holds its tempId, and whether it has the entry's content. */
export interface Stored {
  message: StoredMessage;
  same: boolean;
}

export interface Writer {
  /** Whether this connection now holds the right to write, until it closes. Doubles as the ping. */
  tryLock(): Promise<boolean>;
  /**
   * Stores the entries in one transaction. Answers in their order; undefined for entries of rooms that somebody else
   * has locked: those are untouched. Rejects if the outcome is not a certain commit.
   */
  store(entries: ChatMessagePubSub[]): Promise<(Stored | undefined)[]>;
  close(): Promise<void>;
}

/** How long the end of a connection may take, in milliseconds: over a broken one the server never answers. */
export const closeMs = 1_000;

/** @param inserted called, if given, between the insert and the COMMIT, which then do not leave together */
export async function openWriter(databaseUrl: string, partition: number, inserted?: () => void): Promise<Writer> {
  const client = new Client({
    connectionString: databaseUrl,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    application_name: `parley recorder ${partition}`,
  });
  client.on("error", () => {}); // What was under way rejects; the next call rejects too.
  await client.connect();
  await client.query(sessionSettings);
  let held = false;
  const knownRooms = new Set<string>();

  return {
    async tryLock() {
      if (held) await client.query("SELECT 1");
      else held = await lock(client, partition);
      return held;
    },
    async store(entries) {
      try {
        return await storeLocked(client, entries, { knownRooms, inserted });
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {}); // The first fault is the one to tell.
        throw error;
      }
    },
    close: () => Promise.race([client.end(), sleep(closeMs, undefined, { ref: false })]),
  };
}

async function lock(client: Client, partition: number): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS held", [
    lockClass,
    partition,
  ]);
  return rows[0]?.held ?? false;
}

interface StoreOptions {
  /** Rooms that need not be made; those found are added. */
  knownRooms: Set<string>;
  inserted: (() => void) | undefined;
}

async function storeLocked(
  client: Client,
  entries: ChatMessagePubSub[],
  { knownRooms, inserted }: StoreOptions,
): Promise<(Stored | undefined)[]> {
  const rooms = [...new Set(entries.map((entry) => entry.roomId))];
  const [, , locked] = await Promise.all([
    client.query("BEGIN"),
    rooms.every((room) => knownRooms.has(room)) ? undefined : client.query(createRooms, [rooms]),
    client.query<{ id: string }>({ name: "lock-rooms", text: lockRooms, values: [rooms] }),
  ]);
  const ours = new Set(locked.rows.map((row) => row.id));
  const free = entries.filter((entry) => ours.has(entry.roomId));
  const store = client.query<MessageRow & { same: boolean }>({
    name: "store-messages",
    text: storeMessages,
    values: [JSON.stringify(free)],
  });
  if (inserted) await store.then(inserted);
  const [{ rows }, commit] = await Promise.all([store, client.query("COMMIT")]);
  // A failed transaction's COMMIT succeeds, with another tag.
  if (commit.command !== "COMMIT") throw new Error(`the transaction ended in ${commit.command}`);
  if (knownRooms.size > knownRoomsMax) knownRooms.clear();
  for (const room of rooms)
    if (ours.has(room)) knownRooms.add(room);
    else knownRooms.delete(room);
  const stored = rows.values();
  return entries.map((entry) => {
    const row = ours.has(entry.roomId) ? stored.next().value : undefined;
    return row && { message: parseMessage(row), same: row.same };
  });
}
