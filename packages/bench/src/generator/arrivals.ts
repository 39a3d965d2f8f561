// Messages that are due at random moments, whatever became of those before. It must not know what is sent.
import { setTimeout as sleep } from "node:timers/promises";

export interface ArrivalsOptions {
  /** Messages per second in all. */
  perSecond: number;
  publishers: number;
  over: AbortSignal;
  /** @param dueMs when it should have been sent, by performance.now() */
  publish: (publisher: number, dueMs: number) => void;
}

/** Poisson arrivals; what is late is sent at once, and counts from when it was due. Resolves when it is over. */
export async function playArrivals({ perSecond, publishers, over, publish }: ArrivalsOptions): Promise<void> {
  let nextMs = performance.now();
  while (!over.aborted) {
    for (const nowMs = performance.now(); nextMs <= nowMs;) {
      publish(Math.floor(Math.random() * publishers), nextMs);
      nextMs += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    await sleep(Math.max(0, nextMs - performance.now()));
  }
}
