// What the suite needs of an adapter, and how its tests listen: for events, never for a time.
import { createHash, randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Bus, BusLimits } from "../bus.ts";

export interface BusBroker {
  /** A bus as another process has it, on the same broker; of the memory bus, itself again. */
  open(): Promise<Bus>;
  /** Closes all that was opened. */
  close(): Promise<void>;
}

export interface CuttableBroker extends BusBroker {
  /** Cuts the connections over which this broker's buses hear topics. */
  cut(): Promise<void>;
}

/** Makes a broker for one test; several may share a server. */
export type CreateBroker<Broker extends BusBroker = BusBroker> = (limits?: Partial<BusLimits>) => Promise<Broker>;

/**
 * Brokers may be shared and may outlive a test: every test has names of its own. Those of one test share a hash tag, those
 * of several tests do not: a broker of partitions is tried in many.
 */
export function uniqueName(kind: string): string {
  const { currentTestName = "" } = expect.getState();
  const tag = createHash("sha1").update(currentTestName).digest("hex").slice(0, 8);
  return `${kind}:${randomUUID()}:{test-${tag}}`;
}

export interface Ear {
  /** All that was heard so far. */
  readonly heard: readonly string[];
  /** Resolves with all that was heard, as soon as `payload` is the latest. */
  until(payload: string): Promise<readonly string[]>;
  listen: (payload: string) => void;
}

export function createEar(): Ear {
  const heard: string[] = [];
  const waiting = new Map<string, () => void>();
  return {
    heard,
    until(payload) {
      if (heard.includes(payload)) return Promise.resolve(heard);
      return new Promise((resolve) => waiting.set(payload, () => resolve(heard)));
    },
    listen(payload) {
      heard.push(payload);
      waiting.get(payload)?.();
    },
  };
}

/** The ear of a new subscription to all these topics. */
export async function listenTo(bus: Bus, ...topics: string[]): Promise<Ear> {
  const ear = createEar();
  for (const topic of topics) await bus.subscribe(topic, ear.listen);
  return ear;
}

/** All that a log holds, as a new reader sees it. */
export async function contentOf(bus: Bus, name: string): Promise<(string | undefined)[]> {
  const reader = bus.read({ name });
  try {
    const entries = await reader.next(10_000, 0);
    return entries.map((entry) => entry.payload);
  } finally {
    await reader.close();
  }
}
