import { randomUUID } from "node:crypto";
import { createPartitioning, partitionOf } from "@parley/contracts";
import { startRedisCluster, type EmbeddedRedisCluster } from "@parley/embedded";
import { Pool } from "pg";
import { afterEach, describe, expect, inject, test } from "vitest";
import { signUp } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { confirmedOf } from "../src/inbox.ts";
import { openRetryingSender } from "../src/retrying-sender.ts";
import { runToEnd } from "../src/service-process.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

const partitions = 8;
const perRoom = 40;

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
    const rooms = Array.from({ length: 24 }, () => randomUUID());
    expect(new Set(rooms.map((room) => partitionOf(room, partitions))).size).toBeGreaterThan(4);
    const people = await Promise.all(["Alice", "Bob"].map((name) => signUp(cluster!.auth.url, name)));
    const listeners = await Promise.all(people.map((person, n) => connectStompjs(cluster!.gateways[n]!.url, person)));
    const inboxes = await Promise.all(
      rooms.map((roomId) => Promise.all(listeners.map((listener) => listener.subscribe(roomId)))),
    );
    const senders = await Promise.all(
      people.map((person, n) => openRetryingSender(() => cluster!.gateways[n]!.url, person)),
    );

    const master = await redis!.nodeOf(createPartitioning(partitions).of(rooms[0]!).log);
    const total = rooms.length * senders.length * perRoom;
    let receipted = 0;
    await Promise.all(
      senders.flatMap((sender, who) =>
        rooms.map(async (roomId) => {
          for (let n = 0; n < perRoom; n++) {
            await sender.send(roomId, `${who}: ${n}`);
            if (++receipted === total / 3) master.kill("SIGKILL");
          }
        }),
      ),
    );
    expect((await redis!.nodeOf(createPartitioning(partitions).of(rooms[0]!).log)).port).not.toBe(master.port);

    const pool = new Pool({ connectionString: cluster.databaseUrl });
    for (const [place, roomId] of rooms.entries()) {
      const { rows } = await pool.query<{ seq: number; content: string }>(
        "SELECT seq::int, content FROM chat.message WHERE room_id = $1 ORDER BY seq",
        [roomId],
      );
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: senders.length * perRoom }, (_, n) => n + 1));
      for (const who of senders.keys()) {
        const own = rows.filter(({ content }) => content.startsWith(`${who}: `)).map(({ content }) => content);
        expect(own).toEqual(Array.from({ length: perRoom }, (_, n) => `${who}: ${n}`));
      }
      for (const inbox of inboxes[place]!) {
        await inbox.until(() => confirmedOf(inbox).length === rows.length);
        expect(confirmedOf(inbox).map(({ seq, content }) => ({ seq, content }))).toEqual(rows);
      }
    }
    for (const sender of senders) sender.close();
    await Promise.all(listeners.map((listener) => listener.close()));
    await pool.end();
  });

  test.each(["chat-ws", "chat-history"])("%s does not start with one partition, and says why (78)", async (app) => {
    redis = await startRedisCluster({ replicas: 0 });
    const { code, output } = await runToEnd(app, {
      PORT: "0",
      LOG_LEVEL: "silent",
      DATABASE_URL: inject("databaseUrl"),
      REDIS_URL: redis.urls[0]!,
      JWKS_URL: "http://127.0.0.1:1/jwks.json",
      HISTORY_URL: "http://127.0.0.1:1",
      SERVICE_TOKEN: "service-token-of-tests",
    });
    expect({ code, output }).toEqual({
      code: 78,
      output: "CHAT_PARTITIONS is 1: a Redis Cluster needs 2 or more, which it spreads over its nodes.\n",
    });
  });
});
