// What is published on `chat-access`, of all partitions: who may connect must be known also where nobody is connected yet.
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "@parley/bus";
import type { Channels, Partitioning } from "@parley/contracts";

export interface AccessEvents {
  /** Calls back with every payload from now on. */
  listen(heard: (payload: string) => void): void;
  /** Partitions that cannot be heard yet. */
  readonly missing: number;
  close(): void;
}

const retryMs = 1_000;

/**
 * Subscribes by itself, again and again until it has.
 * @param stands called for each partition that can be heard only late: what was published before may have been missed
 */
export async function openAccessEvents(bus: Bus, { all }: Partitioning, stands: () => void): Promise<AccessEvents> {
  const listeners: ((payload: string) => void)[] = [];
  const missing = new Set(all);
  let isClosed = false;

  async function subscribe(channels: Channels) {
    await bus.subscribe(channels.access, (payload) => {
      for (const heard of listeners) heard(payload);
    });
    missing.delete(channels);
  }

  async function subscribeLate(channels: Channels): Promise<void> {
    await sleep(retryMs);
    if (isClosed) return;
    try {
      await subscribe(channels);
      stands();
    } catch {
      await subscribeLate(channels);
    }
  }

  await Promise.allSettled(all.map(subscribe));
  for (const channels of missing) void subscribeLate(channels);
  return {
    listen: (heard) => void listeners.push(heard),
    get missing() {
      return missing.size;
    },
    close: () => (isClosed = true),
  };
}
