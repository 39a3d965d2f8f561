// Reads one log of Redis with a connection of its own. It must not know what the entries mean.
import { setTimeout as delay } from "node:timers/promises";
import { BusFault, type LogEntry, type LogReader } from "./bus.ts";
import { whenReady } from "./redis-connection.ts";
import { busFault } from "./redis-fault.ts";
import type { Line } from "./redis-places.ts";
import { payloadField } from "./redis-script.ts";
import { readLastId } from "./redis-last-id.ts";
import { compareStreamIds, streamStart } from "./stream-id.ts";

/** Longest single wait within Redis, in milliseconds: then the log is looked at. */
export const blockMsMax = 2_000;
/** How long a refusal by Redis is held back, in milliseconds, so that a loop around it does not spin. */
const refusalMs = 500;

/** [id, [field, value, …]] */
type StreamEntry = [string, string[]];

export interface RedisReaderParts {
  /** Its commands may take `blockMsMax` and `commandMs` together. Whoever opened it ends it. */
  line: Line;
  log: string;
  commandMs: number;
  /**
   * Over another connection: this one waits for entries.
   * @param isOf whether all of them were read from the server of this origin: two may have given the same id
   */
  remove: (ids: string[], isOf: (origin: string) => boolean) => Promise<void>;
  lost: () => Promise<number>;
}

/**
 * Reads behind the last entry, and begins again at the start of the log whenever that may hold something earlier: after
 * a lost connection (a Redis that comes back from an older file has removed entries again), after a failed removal,
 * and when the log ends before the last entry (emptied, its ids started anew). What was given and not yet removed is
 * left out then, so its ids are kept until they are removed. What was read from a server that has lost the log to another
 * is not removed from that one, but given again: a server that hung while it was replaced gives ids to its last entries
 * that the other gave as well.
 */
export function createRedisReader({ line, log, commandMs, remove, lost }: RedisReaderParts): LogReader {
  const { redis } = line;
  /** With the origin of each. */
  const unfinished = new Map<string, string>();
  const ended = new AbortController();
  let last = streamStart;
  let beginAgain = false;
  redis.on("close", () => (beginAgain = true));

  async function read(entriesMax: number, waitMs: number): Promise<StreamEntry[]> {
    if (beginAgain) last = streamStart;
    beginAgain = false;
    const blockMs = Math.min(Math.ceil(waitMs), blockMsMax);
    const answer =
      blockMs > 0
        ? await redis.xread("COUNT", entriesMax, "BLOCK", blockMs, "STREAMS", log, last)
        : await redis.xread("COUNT", entriesMax, "STREAMS", log, last);
    const entries = answer?.[0]?.[1] ?? [];
    last = entries.at(-1)?.[0] ?? last;
    return entries;
  }

  /** Whether the log ends before the last entry we know: what is appended now would not be seen. */
  async function hasStartedAnew(): Promise<boolean> {
    if (last === streamStart) return false;
    const lastId = await readLastId(redis, log);
    return compareStreamIds(lastId, last) < 0;
  }

  function take(entries: StreamEntry[]): LogEntry[] {
    const taken: LogEntry[] = [];
    for (const [id, fields] of entries) {
      if (unfinished.has(id)) continue;
      unfinished.set(id, line.origin());
      taken.push({ id, payload: payloadOf(fields) });
    }
    return taken;
  }

  async function nextWithin(entriesMax: number, waitMs: number): Promise<LogEntry[]> {
    const deadline = performance.now() + waitMs;
    if (!(await whenReady(redis, commandMs, ended.signal))) {
      throw new BusFault("UNREACHABLE", "no connection for reading");
    }
    for (;;) {
      const entries = await read(entriesMax, deadline - performance.now());
      const taken = take(entries);
      if (taken.length > 0) return taken;
      if (entries.length > 0) continue;
      if (await hasStartedAnew()) beginAgain = true;
      else if (performance.now() >= deadline) return [];
    }
  }

  return {
    async next(entriesMax, waitMs) {
      try {
        return await nextWithin(entriesMax, waitMs);
      } catch (error) {
        await delay(Math.min(waitMs, refusalMs), undefined, { signal: ended.signal }).catch(() => undefined);
        throw busFault(error);
      }
    },
    async remove(ids) {
      const origins = new Set(ids.map((id) => unfinished.get(id)));
      origins.delete(undefined);
      for (const id of ids) unfinished.delete(id);
      try {
        await remove(ids, (origin) => [...origins].every((one) => one === origin));
      } catch (error) {
        beginAgain = true;
        throw busFault(error);
      }
    },
    lost,
    async close() {
      ended.abort();
    },
  };
}

function payloadOf(fields: string[]): string | undefined {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === payloadField) return fields[at + 1];
  }
  return undefined;
}
