// The live topics of one process over one subscribed connection, and what becomes of them when it is lost.
import type { Redis } from "ioredis";
import { BusFault, type Listener, type Unsubscribe } from "./bus.ts";
import { busFault } from "./redis-fault.ts";
import type { Report } from "./redis-connection.ts";
import type { Lane } from "./redis-lane.ts";

/** How many topics one SUBSCRIBE names at most. */
const topicsPerCommandMax = 500;

interface Topic {
  /** Objects of their own: one function may listen twice. */
  subscriptions: Set<{ listener: Listener }>;
  /** Settles when Redis has confirmed the subscription. */
  standing: Promise<unknown>;
}

export interface RedisSubscriber {
  subscribe(topic: string, listener: Listener): Promise<Unsubscribe>;
  onGap(listener: () => void): void;
  /** Whether all subscriptions stand. */
  standing(): boolean;
}

/** The words of Redis for topics of each kind, by the word that publishes on them. */
const words = {
  PUBLISH: { subscribe: "subscribe", unsubscribe: "unsubscribe", message: "message" },
  SPUBLISH: { subscribe: "ssubscribe", unsubscribe: "sunsubscribe", message: "smessage" },
} as const;

/** @param redis connects again by itself, but leaves subscribing again to us */
export function createRedisSubscriber(redis: Redis, report: Report, { publish }: Lane): RedisSubscriber {
  const { subscribe, unsubscribe, message } = words[publish];
  const topics = new Map<string, Topic>();
  const gapListeners: (() => void)[] = [];
  let connections = 0;
  let connected = false;
  /** Until then nothing is delivered: whoever hears anything after a loss has been told of it before. */
  let allStand = false;
  /** Settles when all topics that were listened to at the latest connection stand. */
  let restored: Promise<unknown> = Promise.resolve();

  redis.on("close", () => {
    connected = false;
    allStand = false;
  });
  redis.on("ready", () => void restore(++connections));
  redis.on(message, (topic, payload) => {
    if (!allStand) return;
    for (const { listener } of topics.get(topic)?.subscriptions ?? []) listener(payload);
  });

  async function restore(connection: number) {
    connected = true;
    restored = subscribeAll();
    for (const topic of topics.values()) topic.standing = restored;
    try {
      await restored;
    } catch (error) {
      report(busFault(error));
      if (connected && connection === connections) redis.disconnect(true);
      return;
    }
    allStand = true;
    if (connection === 1) return;
    for (const listener of gapListeners) listener();
  }

  async function subscribeAll() {
    const names = [...topics.keys()];
    const commands: Promise<unknown>[] = [];
    for (let from = 0; from < names.length; from += topicsPerCommandMax) {
      commands.push(redis[subscribe](...names.slice(from, from + topicsPerCommandMax)));
    }
    await Promise.all(commands);
  }

  function open(name: string): Topic {
    const topic: Topic = { subscriptions: new Set(), standing: Promise.all([restored, redis[subscribe](name)]) };
    topics.set(name, topic);
    return topic;
  }

  async function leave(name: string, topic: Topic, subscription: { listener: Listener }) {
    topic.subscriptions.delete(subscription);
    if (topic.subscriptions.size > 0 || topics.get(name) !== topic) return;
    topics.delete(name);
    // Without a connection there is nothing to end: only what is in `topics` is subscribed again.
    if (connected) await redis[unsubscribe](name).catch(() => undefined);
  }

  return {
    async subscribe(name, listener) {
      if (!connected) throw new BusFault("UNREACHABLE", "no connection for subscriptions");
      const topic = topics.get(name) ?? open(name);
      const subscription = { listener };
      topic.subscriptions.add(subscription);
      try {
        await topic.standing;
      } catch (error) {
        await leave(name, topic, subscription);
        throw busFault(error);
      }
      return () => leave(name, topic, subscription);
    },
    onGap: (listener) => void gapListeners.push(listener),
    standing: () => allStand,
  };
}
