// What this process has removed from one log of Redis, in the order of its calls. It must not know why.
import { busFaultOfSent } from "./redis-fault.ts";

/** They differ by calls without an answer, which may have been carried out. */
export interface Removed {
  atLeast: number;
  atMost: number;
}

export interface Removals {
  /** Counts what an XDEL for so many entries removed. */
  add(call: Promise<unknown>, entries: number): void;
  /** Of all calls added so far, once each has been answered or given up. */
  soFar(): Promise<Removed>;
}

export function createRemovals(): Removals {
  let all: Promise<Removed> = Promise.resolve({ atLeast: 0, atMost: 0 });
  return {
    add(call, entries) {
      const outcome = call.then(
        (removed) => ({ atLeast: Number(removed), atMost: Number(removed) }),
        (error) => ({ atLeast: 0, atMost: busFaultOfSent(error).code === "IN_DOUBT" ? entries : 0 }),
      );
      all = Promise.all([all, outcome]).then(([sum, one]) => ({
        atLeast: sum.atLeast + one.atLeast,
        atMost: sum.atMost + one.atMost,
      }));
    },
    soFar: () => all,
  };
}
