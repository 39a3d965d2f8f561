// Waits for a condition, and tells how long it took.
import { setTimeout as sleep } from "node:timers/promises";

/** Seconds until it was true; undefined if it was not within `msMax`. */
export async function secondsUntil(
  isIt: () => boolean | Promise<boolean>,
  msMax: number,
  everyMs = 20,
): Promise<number | undefined> {
  const startMs = performance.now();
  while (performance.now() < startMs + msMax) {
    if (await isIt()) return (performance.now() - startMs) / 1_000;
    await sleep(everyMs);
  }
  return undefined;
}
