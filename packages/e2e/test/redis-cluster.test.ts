import { createPartitioning, partitionOf } from "@parley/contracts";
import { startRedisCluster, type EmbeddedRedisCluster } from "@parley/embedded";
import { afterEach, describe, expect, inject, test } from "vitest";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { runToEnd } from "../src/service-process.ts";
import { openManyRooms } from "./many-rooms.ts";

const partitions = 8;

describe("on a Redis Cluster of three masters with a replica each", () => {
  let redis: EmbeddedRedisCluster | undefined;
  let cluster: Cluster | undefined;
  afterEach(async () => {
    await cluster?.close();
    await redis?.stop();
    cluster = undefined;
    redis = undefined;
  });

  test("a master dies in the middle of 1,920 messages: none is lost or doubled, rooms keep their order (G-1…G-6)", async () => {
    cluster = await startCluster(inject("databaseUrl"), {
      gateways: 2,
      histories: 2,
      partitions,
      async startRedis() {
        redis = await startRedisCluster();
        return { url: redis.urls.join(","), stop: async () => {} };
      },
    });
    const chat = await openManyRooms(cluster, { perRoom: 40 });
    expect(new Set(chat.rooms.map((room) => partitionOf(room, partitions))).size).toBeGreaterThan(4);
    const { log } = createPartitioning(partitions).of(chat.rooms[0]!);
    const master = await redis!.nodeOf(log);
    await chat.sendAll((receipted) => {
      if (receipted === chat.total / 3) master.kill("SIGKILL");
    });
    expect((await redis!.nodeOf(log)).port).not.toBe(master.port);
    await chat.expectWhole();
    await chat.close();
  });

  test.each(["chat-ws", "chat-history"])("%s does not start with one partition, and says why (78)", async (app) => {
    redis = await startRedisCluster({ replicas: 0 });
    const { code, output } = await runToEnd(app, {
      PORT: "0",
      LOG_LEVEL: "silent",
      DATABASE_URL: inject("databaseUrl"),
      REDIS_URL: redis.urls[0]!,
      AUTH_URL: "http://127.0.0.1:1",
      HISTORY_URL: "http://127.0.0.1:1",
      SERVICE_TOKEN: "service-token-of-tests",
    });
    expect({ code, output }).toEqual({
      code: 78,
      output: "CHAT_PARTITIONS is 1: a Redis Cluster needs 2 or more, which it spreads over its nodes.\n",
    });
  });
});
