// An open loop: something is due at random moments at a fixed rate, whatever became of what was due before. It must not
// know what.
import { setTimeout as sleep } from "node:timers/promises";

/** Poisson arrivals until `over`. @param act called for each, at once if it is late, with the moment it was due */
export async function playArrivals(perSecond: number, over: AbortSignal, act: (dueMs: number) => void): Promise<void> {
  let nextMs = performance.now();
  while (!over.aborted) {
    for (const nowMs = performance.now(); nextMs <= nowMs;) {
      act(nextMs);
      nextMs += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    await sleep(Math.max(0, nextMs - performance.now()));
  }
}
