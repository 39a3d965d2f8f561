// Topics that are heard for good, also those whose part of the bus cannot be reached yet. It must not know what they say.
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus, Listener } from "./bus.ts";

export interface SteadyTopics {
  /** How many cannot be heard yet. */
  readonly missing: number;
  close(): void;
}

const retryMs = 1_000;

/**
 * Resolves once all have been tried; those that failed are tried again until they stand.
 * @param stands called for each topic that can be heard only late: what was published before may have been missed
 */
export async function openSteadyTopics(
  bus: Bus,
  topics: string[],
  listener: Listener,
  stands: () => void,
): Promise<SteadyTopics> {
  const missing = new Set(topics);
  let isClosed = false;

  async function subscribe(topic: string) {
    await bus.subscribe(topic, listener);
    missing.delete(topic);
  }

  async function subscribeLate(topic: string): Promise<void> {
    await sleep(retryMs, undefined, { ref: false });
    if (isClosed) return;
    try {
      await subscribe(topic);
      stands();
    } catch {
      await subscribeLate(topic);
    }
  }

  await Promise.allSettled(topics.map(subscribe));
  for (const topic of missing) void subscribeLate(topic);
  return {
    get missing() {
      return missing.size;
    },
    close: () => void (isClosed = true),
  };
}
