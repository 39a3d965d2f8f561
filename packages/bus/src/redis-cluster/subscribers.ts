// The live topics of one process on a Cluster: one subscribed connection for each slot, which follows it.
import { BusFault, type GapListener, type Listener, type Unsubscribe } from "../bus.ts";
import { onLossOf, type Report } from "../redis-connection.ts";
import { lookMs } from "../redis-health.ts";
import { createRedisSubscriber, type RedisSubscriber } from "../redis-subscriber.ts";
import type { Lines, SlotLine } from "./lines.ts";
import { laneOf, lanesOf, type SlotLane } from "./slots.ts";

interface SlotSubscriber {
  line: SlotLine;
  topics: RedisSubscriber;
  /** Resolves with the first connection. */
  up: Promise<void>;
  /** Subscriptions that stand or are being made: with the last one it ends. */
  users: number;
}

export interface SlotSubscribers {
  subscribe(topic: string, listener: Listener): Promise<Unsubscribe>;
  onGap(listener: GapListener): void;
  /** Whether all subscriptions of this slot stand, or those of all slots. */
  standing(slot?: number): boolean;
  /** Slots in which something is listened to. */
  slots(): number[];
  close(): void;
}

export interface SlotSubscribersParts {
  lines: Lines;
  clientName: string;
  commandMs: number;
  report: Report;
  /** Called when a slot may have gone elsewhere. */
  onLoss: () => void;
}

export function createSlotSubscribers(parts: SlotSubscribersParts): SlotSubscribers {
  const { lines, clientName, commandMs, report, onLoss } = parts;
  const subscribers = new Map<SlotLane, SlotSubscriber>();
  const gapListeners: GapListener[] = [];

  function open(lane: SlotLane): SlotSubscriber {
    const line = lines.open(lane.slot, `${clientName}:subscriber`, commandMs);
    const { redis } = line;
    const topics = createRedisSubscriber(redis, report, lane);
    topics.onGap(() => {
      for (const listener of gapListeners) listener((topic) => laneOf(topic) === lane);
    });
    onLossOf(redis, onLoss);
    // The node has ended a subscription by itself: the slot has gone, and with it all that was listened to here.
    redis.on("moved", () => {
      onLoss();
      redis.disconnect(true);
    });
    const up = new Promise<void>((resolve) => redis.once("ready", resolve));
    const subscriber = { line, topics, up, users: 0 };
    subscribers.set(lane, subscriber);
    return subscriber;
  }

  function leave(lane: SlotLane, subscriber: SlotSubscriber) {
    if (--subscriber.users > 0) return;
    subscribers.delete(lane);
    subscriber.line.close();
  }

  /**
   * Asks where the connection leads, for an address may have another node behind it now. Asking also replaces one that
   * hangs, since nobody sends on it otherwise.
   */
  async function check({ line }: SlotSubscriber) {
    const { redis } = line;
    if (redis.status !== "ready") return;
    const owner = line.owner();
    const id = await redis.call("CLUSTER", "MYID").catch(() => undefined);
    if (id === undefined || owner === undefined || id === owner.id || line.owner() !== owner) return;
    report(new Error(`another node of the Redis Cluster is at ${owner.host}:${owner.port} now: connecting again`));
    onLoss();
    redis.disconnect(true);
  }

  const timer = setInterval(() => {
    for (const subscriber of subscribers.values()) void check(subscriber);
  }, lookMs);

  return {
    async subscribe(topic, listener) {
      const lane = laneOf(topic);
      const subscriber = subscribers.get(lane) ?? open(lane);
      subscriber.users++;
      try {
        await within(commandMs, subscriber.up);
        const unsubscribe = await subscriber.topics.subscribe(topic, listener);
        let hasLeft = false;
        return async () => {
          if (hasLeft) return;
          hasLeft = true;
          await unsubscribe();
          leave(lane, subscriber);
        };
      } catch (error) {
        leave(lane, subscriber);
        throw error;
      }
    },
    onGap: (listener) => void gapListeners.push(listener),
    // Asked for a slot at every append: no more than its own lanes are looked at.
    standing: (slot) =>
      (slot === undefined ? [...subscribers.keys()] : lanesOf(slot)).every(
        (lane) => subscribers.get(lane)?.topics.standing() ?? true,
      ),
    slots: () => [...subscribers.keys()].map((lane) => lane.slot),
    close() {
      clearInterval(timer);
      for (const { line } of subscribers.values()) line.close();
    },
  };
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BusFault("UNREACHABLE", "no connection for subscriptions")), ms);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
