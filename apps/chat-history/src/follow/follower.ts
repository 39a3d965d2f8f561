// Reads outboxes of another service, one process at a time, from where the last one stopped, for as long as this process
// lives. What it reads may be read again: whoever takes it must not mind. It does not know what is in them.
import { setTimeout as sleep } from "node:timers/promises";
import { outboxPageMax } from "@parley/contracts";
import type { Log } from "@parley/service";
import type { Pool, PoolClient } from "pg";
import { readFollowed, saveFollowed, tryFollow } from "../store/follow.ts";
import { inTransaction } from "../store/transaction.ts";

export interface Outbox<T extends { seq: number }> {
  name: string;
  /** What is behind a position, by `seq`, and the latest there is. */
  fetch: (after: number) => Promise<{ items: T[]; position: number }>;
  /** In a transaction that also notes how far it has come; what it does besides must bear to be done again. */
  take: (client: PoolClient, items: T[]) => Promise<void>;
}

interface FollowOptions {
  pool: Pool;
  /** How often they are looked into, in milliseconds. */
  everyMs?: number;
  log: Log;
}

const everyMsDefault = 1_000;

/** Ends what is under way before it resolves. */
export interface Following {
  close(): Promise<void>;
}

export function follow<T extends { seq: number }>(
  outbox: Outbox<T>,
  { pool, everyMs = everyMsDefault, log }: FollowOptions,
): Following {
  const stop = new AbortController();
  let isFailing = false;

  async function readAll() {
    while (!stop.signal.aborted && (await readPage(pool, outbox)));
    if (isFailing) log.info({ outbox: outbox.name }, "read again");
    isFailing = false;
  }

  function fail(error: unknown) {
    if (!isFailing) log.warn({ err: error, outbox: outbox.name }, "could not be read; trying again");
    isFailing = true;
  }

  async function run() {
    while (!stop.signal.aborted) {
      await readAll().catch(fail);
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {}); // Stopping is no fault.
    }
  }

  const ended = run();
  return {
    async close() {
      stop.abort();
      await ended;
    },
  };
}

/** Answers whether there may be more. */
function readPage<T extends { seq: number }>(pool: Pool, { name, fetch, take }: Outbox<T>): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await tryFollow(client, name))) return false;
    const before = await readFollowed(client, name);
    const { items, position } = await fetch(before);
    if (position < before) {
      // That service's database was restored: what comes next has numbers that were used before.
      await saveFollowed(client, name, 0);
      return true;
    }
    if (items.length > 0) await take(client, items);
    await saveFollowed(client, name, items.at(-1)?.seq ?? position);
    return items.length >= outboxPageMax;
  });
}
