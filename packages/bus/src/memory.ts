// The bus within one process. It keeps the port's promises with a queue, and must not know what it carries.
import { BusFault, busLimits, type Bus, type BusLimits, type Listener, type Log } from "./bus.ts";
import { createMemoryLog, type MemoryLog } from "./memory-log.ts";
import { createMemoryOnce } from "./memory-once.ts";

/** `commandMs` means nothing here: no call waits. There are no gaps either, so `onGap` is never called. */
export function createMemoryBus(limits: Partial<BusLimits> = {}): Bus {
  const { logEntriesMax, logBytesMax } = { ...busLimits, ...limits };
  const logs = new Map<string, MemoryLog>();
  /** A set of its own object per subscription: one function may listen twice. */
  const topics = new Map<string, Set<{ listener: Listener }>>();
  const agreed = new Map<string, string>();
  const done = createMemoryOnce();
  let published: { topic: string; payload: string }[] = [];
  let closed = false;

  function refuseIfClosed() {
    if (closed) throw new BusFault("UNREACHABLE", "the bus is closed");
  }

  function logOf(name: string): MemoryLog {
    const log = logs.get(name) ?? createMemoryLog();
    logs.set(name, log);
    return log;
  }

  /** Delivery waits for the next turn of the event loop; what is published by listeners waits for the one after it. */
  function enqueue(topic: string, payload: string) {
    if (published.length === 0) setImmediate(deliver);
    published.push({ topic, payload });
  }

  function deliver() {
    const events = published;
    published = [];
    for (const { topic, payload } of events) {
      for (const subscription of topics.get(topic) ?? []) subscription.listener(payload);
    }
  }

  function append(log: Log, payload: string) {
    const entries = logOf(log.name);
    const isFull = entries.size >= logEntriesMax || entries.bytes + Buffer.byteLength(payload) > logBytesMax;
    if (isFull) throw new BusFault("BACKLOG_FULL", `${log.name} is full`);
    entries.append(payload);
    if (log.topic !== undefined) enqueue(log.topic, payload);
  }

  return {
    needsPartitions: false,
    async append(log, _key, payload) {
      refuseIfClosed();
      append(log, payload);
    },
    async appendOnce(log, once, payload) {
      refuseIfClosed();
      if (done.has(once.key)) return false;
      append(log, payload);
      done.add(once);
      return true;
    },
    async publish(topic, _key, payload) {
      refuseIfClosed();
      enqueue(topic, payload);
    },
    async subscribe(topic, listener) {
      refuseIfClosed();
      const subscription = { listener };
      const subscriptions = topics.get(topic) ?? new Set();
      topics.set(topic, subscriptions.add(subscription));
      return async () => {
        subscriptions.delete(subscription);
        if (subscriptions.size === 0 && topics.get(topic) === subscriptions) topics.delete(topic);
      };
    },
    read(log) {
      refuseIfClosed();
      return logOf(log.name).read();
    },
    async agree(name, value) {
      refuseIfClosed();
      const kept = agreed.get(name) ?? value;
      agreed.set(name, kept);
      return kept;
    },
    logBytes: (log) => logs.get(log.name)?.bytes ?? 0,
    onGap: () => undefined,
    fault: () => (closed ? "The bus is closed" : undefined),
    async close() {
      closed = true;
      topics.clear();
      for (const log of logs.values()) log.close();
    },
  };
}
