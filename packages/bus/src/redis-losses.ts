// Counts what disappears from a log of Redis by other hands than readers' (guarantee P-3). It must not know what that was.
import { busFault } from "./redis-fault.ts";
import type { LogStand } from "./redis-removals.ts";

export interface Losses {
  /** So many were removed by this process. */
  removed(entries: number): void;
  /** Looks at the log: how many have disappeared since the first look. */
  count(): Promise<number>;
}

export function createLosses(readStand: () => Promise<LogStand>): Losses {
  let last: LogStand | undefined;
  let lost = 0;
  let removedHere = 0;
  return {
    removed: (entries) => void (removedHere += entries),
    async count() {
      try {
        const stand = await readStand();
        if (last) lost += lostBetween(last, stand, removedHere);
        last = stand;
        removedHere = 0;
        return lost;
      } catch (error) {
        throw busFault(error);
      }
    },
  };
}

/** @param removedHere by this process in between: all that is known when the counter has gone with the log */
function lostBetween(before: LogStand, now: LogStand, removedHere: number): number {
  const removed = now.removed - before.removed;
  const gone = now.added - now.length - (before.added - before.length);
  // Redis counts backwards when it has another log now: it was deleted, or its end was lost in a crash.
  const isSame = now.added >= before.added && removed >= 0 && gone >= removed;
  return Math.max(0, isSame ? gone - removed : before.length - Math.max(removedHere, removed));
}
