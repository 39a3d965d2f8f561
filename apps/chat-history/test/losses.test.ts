import { randomUUID } from "node:crypto";
import { createRedisBus } from "@parley/bus";
import { startRedis } from "@parley/embedded";
import { Redis } from "ioredis";
import request from "supertest";
import { expect, test } from "vitest";
import { append, channels, messageFor, openHistory, record } from "./fixture.ts";

test("tells of entries that disappear from the log by other hands, and is not ready for a while (P-3, F-18)", async () => {
  const redis = await startRedis();
  const bus = await createRedisBus({ url: redis.url });
  const history = await openHistory({ bus });
  const roomId = randomUUID();
  await record(bus, [messageFor(roomId)]);
  const blocker = await history.pool.connect();
  await blocker.query("BEGIN");
  await blocker.query("SELECT FROM chat.room WHERE id = $1 FOR UPDATE", [roomId]);
  await append(
    bus,
    Array.from({ length: 5 }, () => messageFor(roomId)),
  );
  const metric = async () => /log_lost_total\S* (\d+)/.exec((await request(history.server).get("/metrics")).text)?.[1];
  expect(await metric()).toBe("0");
  const client = new Redis(redis.url);
  await client.xtrim(channels.log, "MAXLEN", 0);
  await expect.poll(metric, { timeout: 10_000 }).toBe("5");
  const { body } = await request(history.server).get("/health/ready").expect(503);
  expect(body.waiting).toEqual(["log"]);
  await blocker.query("COMMIT");
  blocker.release();
  client.disconnect();
  await history.close();
  await bus.close();
  await redis.stop();
});
