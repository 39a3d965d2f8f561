// The places of a single Redis: every name is there. It must not know of Clusters.
import type { Redis } from "ioredis";
import { BusFault } from "./bus.ts";
import { openConnection, whenReady } from "./redis-connection.ts";
import { lookMs } from "./redis-health.ts";
import { onlyLane } from "./redis-lane.ts";
import type { ConnectionOptions, RedisPlaces } from "./redis-places.ts";
import { openRedisServer } from "./redis-server.ts";
import { createRedisSubscriber } from "./redis-subscriber.ts";

export interface SingleRedis extends RedisPlaces {
  /** Whether it turned out to be a node of a Cluster, which is no single Redis. */
  isOfCluster(): boolean;
}

/** Resolves when Redis has been reached, or after `commandMs` without it. */
export async function openSingleRedis(url: string, options: ConnectionOptions): Promise<SingleRedis> {
  const { clientName, commandMs, report } = options;
  const server = openRedisServer({ ...options, url, title: "Redis", inCluster: false });
  const { commands, health } = server;
  const subscriber = openConnection(url, `${clientName}:subscriber`, commandMs, report);
  const topics = createRedisSubscriber(subscriber, report, onlyLane);
  const origin = "the only one";
  const place = { server, origin, lane: onlyLane };

  /**
   * After a failover or a change of addresses the two may end at different servers, and nothing would be heard. Asking
   * also replaces a connection that hangs although nobody sends on it.
   */
  async function lookForTwoServers() {
    const [ours, theirs] = await Promise.all([commands, subscriber].map(runId));
    if (ours === theirs || ours === undefined || theirs === undefined) return;
    report(new Error("the connections lead to different Redis servers: connecting again"));
    commands.disconnect(true);
    subscriber.disconnect(true);
  }

  const timer = setInterval(() => void lookForTwoServers(), lookMs);
  await Promise.all([commands, subscriber].map((redis) => whenReady(redis, commandMs)));
  await health.look();

  return {
    needsPartitions: false,
    isOfCluster: () => health.isOfCluster(),
    placeOf() {
      const fault = health.away();
      if (fault !== undefined) throw new BusFault("UNREACHABLE", fault);
      return place;
    },
    serverOf: () => server,
    areTogether: () => true,
    openReader(_log, answerMs) {
      const redis = openConnection(url, `${clientName}:reader`, answerMs, report);
      return { redis, origin: () => origin, close: () => redis.disconnect() };
    },
    subscribe: (topic, listener) => topics.subscribe(topic, listener),
    onGap: (listener) => topics.onGap(() => listener(() => true)),
    failed: () => undefined,
    away: () => health.away() ?? (topics.standing() ? undefined : "Redis is not reachable"),
    unfit: () => health.unfit(),
    async close() {
      clearInterval(timer);
      await server.close(commandMs);
      subscriber.disconnect();
    },
  };
}

/** Which start of which server a connection leads to; undefined if it has no answer or may not tell. */
async function runId(redis: Redis): Promise<string | undefined> {
  try {
    return /^run_id:(\w+)/m.exec(await redis.info("server"))?.[1];
  } catch {
    return undefined;
  }
}
