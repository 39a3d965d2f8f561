// Counts what disappears from a log of Redis by other hands than ours (guarantee P-3). It must not know what that was.
import type { Redis } from "ioredis";
import { busFault } from "./redis-fault.ts";
import type { Removals, Removed } from "./redis-removals.ts";
import { readStreamInfo, type StreamInfo } from "./redis-stream-info.ts";

interface Look extends StreamInfo {
  /** By the calls that left before the question did: one connection keeps them in order. */
  removed: Removed;
}

export interface Losses {
  /** Looks at the log: how many have disappeared since the first look. */
  count(): Promise<number>;
}

/** @param redis the connection over which we remove */
export function createLosses(redis: Redis, log: string, removals: Removals): Losses {
  let last: Look | undefined;
  let lost = 0;
  return {
    async count() {
      try {
        const [info, removed] = await Promise.all([readStreamInfo(redis, log), removals.soFar()]);
        const look = { ...info, removed };
        if (last) lost += lostBetween(last, look);
        last = look;
        return lost;
      } catch (error) {
        throw busFault(error);
      }
    },
  };
}

/** What we may have removed does not count as lost. */
function lostBetween(before: Look, now: Look): number {
  const removedMax = now.removed.atMost - before.removed.atMost;
  const gone = now.added - now.length - (before.added - before.length);
  // Redis counts backwards when it has another log now: it was deleted, or its end was lost in a crash.
  const isSame = now.added >= before.added && gone >= now.removed.atLeast - before.removed.atLeast;
  return Math.max(0, (isSame ? gone : before.length) - removedMax);
}
