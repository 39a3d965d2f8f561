// The logs of the bus on Redis: reading, removing, and what is known of each. It must not know on how many servers they are.
import { BusFault, type LogReader } from "./bus.ts";
import { isWrongType } from "./redis-fault.ts";
import { watchLogs } from "./redis-log-watch.ts";
import { createLosses, type Losses } from "./redis-losses.ts";
import type { RedisPlaces } from "./redis-places.ts";
import { blockMsMax, createRedisReader } from "./redis-reader.ts";
import { readLogStand, removeEntries } from "./redis-removals.ts";

export interface RedisLogs {
  read(log: string): LogReader;
  /** Octets at the latest look, 0 before the first. */
  bytes(log: string): number;
  /** Why nothing may be appended under this name, or under any, as far as it is about the logs themselves. */
  unfit(name?: string): string | undefined;
  /** Passes on the outcome of a call about a log, and takes note if it failed. */
  watched<Answer>(log: string, answer: Promise<Answer>): Promise<Answer>;
  /** Ends all readers. */
  close(): Promise<void>;
}

export function createRedisLogs(places: RedisPlaces, commandMs: number): RedisLogs {
  const watch = watchLogs((log) => places.serverOf(log));
  const readers = new Set<LogReader>();
  const losses = new Map<string, Losses>();

  async function watched<Answer>(log: string, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (isWrongType(error)) watch.suspect(log);
      places.failed(log, error);
      throw error;
    }
  }

  /** One count for all readers: a new one comes after the very fault that may have lost something. */
  function lossesOf(log: string): Losses {
    const ofLog = losses.get(log) ?? createLosses(() => readLogStand(places.placeOf(log).server.commands, log));
    losses.set(log, ofLog);
    return ofLog;
  }

  async function remove(log: string, ids: string[], isOf: (origin: string) => boolean) {
    const { server, origin } = places.placeOf(log);
    if (ids.length === 0) return;
    if (!isOf(origin)) throw new BusFault("UNREACHABLE", "the log is at another server than the one it was read from");
    lossesOf(log).removed(Number(await watched(log, removeEntries(server.turns, log, ids))));
  }

  return {
    read(log) {
      const line = places.openReader(log, blockMsMax + commandMs);
      const lossesOfLog = lossesOf(log);
      const lost = async () => watched(log, lossesOfLog.count());
      const reader = createRedisReader({ line, log, commandMs, remove: (ids, isOf) => remove(log, ids, isOf), lost });
      const open: LogReader = {
        ...reader,
        next: (entriesMax, waitMs) => watched(log, reader.next(entriesMax, waitMs)),
        async close() {
          readers.delete(open);
          await reader.close();
          line.close();
        },
      };
      readers.add(open);
      lost().catch(() => undefined); // From here on; without Redis, from the first answer on.
      return open;
    },
    bytes: (log) => watch.bytes(log),
    unfit: (name) => watch.wrong((log) => name === undefined || places.areTogether(name, log)),
    watched,
    async close() {
      watch.close();
      await Promise.all([...readers].map((reader) => reader.close()));
    },
  };
}
