import { randomUUID } from "node:crypto";
import { createMemoryBus, createRedisBus, type Bus } from "@parley/bus";
import { createPartitioning, partitionOf } from "@parley/contracts";
import { createDatabase, startRedis, type EmbeddedRedis } from "@parley/embedded";
import { Redis } from "ioredis";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { append, messageFor, openHistory, record } from "./fixture.ts";

type History = Awaited<ReturnType<typeof openHistory>>;

const partitions = 8;
const env = { CHAT_PARTITIONS: `${partitions}` };

describe("several chat-history on the same partitions", () => {
  let redis: EmbeddedRedis;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let opened: { history: History; bus: Bus }[];

  beforeEach(async () => {
    [redis, database] = await Promise.all([startRedis(), createDatabase(inject("databaseUrl"))]);
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map(leave));
    await redis.stop();
    await database.drop();
  });

  async function open(more = env) {
    const bus = await createRedisBus({ url: redis.url });
    const one = { history: await openHistory({ bus, databaseUrl: database.url, env: more }), bus };
    opened.push(one);
    return one;
  }

  async function leave(one: (typeof opened)[number]) {
    opened = opened.filter((other) => other !== one);
    await one.history.close();
    await one.bus.close();
  }

  async function partsOf(): Promise<number[]> {
    const parts = opened.map(async ({ history }) => {
      const { text } = await request(history.server).get("/metrics");
      return Number(/^recorder_active\S* (\d+)/m.exec(text)?.[1]);
    });
    return Promise.all(parts);
  }

  const within10s = { timeout: 10_000 };

  test("share them evenly: a newcomer gets its part, and who leaves leaves it to the others", async () => {
    await open();
    await expect.poll(partsOf, within10s).toEqual([8]);
    await open();
    await expect.poll(partsOf, within10s).toEqual([4, 4]);
    await open();
    await expect.poll(partsOf, within10s).toEqual([3, 3, 2]);
    await leave(opened[0]!);
    await expect.poll(partsOf, within10s).toEqual([4, 4]);
  });

  test("take over what a process was writing whose connections broke, at once", async () => {
    const [one, other] = [await open(), await open()];
    await expect.poll(partsOf, within10s).toEqual([4, 4]);
    const { pool } = one.history;
    await pool.query(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name LIKE 'parley recorder%' AND datname = current_database()`);
    await expect.poll(async () => (await partsOf()).reduce((sum, part) => sum + part), within10s).toBe(partitions);
    const roomId = randomUUID();
    await record(other.bus, [messageFor(roomId)], createPartitioning(partitions).of(roomId));
  });

  test("keep each room in order and without holes while partitions change hands (G-3, G-4, G-6)", async () => {
    const { bus, history } = await open();
    const rooms = Array.from({ length: 24 }, () => randomUUID());
    expect(new Set(rooms.map((room) => partitionOf(room, partitions))).size).toBeGreaterThan(4);
    const partitioning = createPartitioning(partitions);
    const count = 200;
    const sent = (async () => {
      for (let n = 0; n < count; n++)
        await Promise.all(
          rooms.map((roomId) => append(bus, [messageFor(roomId, { content: `${n}` })], partitioning.of(roomId))),
        );
    })();
    const second = await open();
    await open();
    await leave(second);
    await sent;
    const contents = async (roomId: string) => {
      const { rows } = await history.pool.query(
        "SELECT seq::int, content FROM chat.message WHERE room_id = $1 ORDER BY seq",
        [roomId],
      );
      return rows.map(({ seq, content }) => `${seq}: ${content}`);
    };
    const expected = Array.from({ length: count }, (_, n) => `${n + 1}: ${n}`);
    for (const roomId of rooms) await expect.poll(() => contents(roomId), within10s).toEqual(expected);
    const metrics = await Promise.all(opened.map((one) => request(one.history.server).get("/metrics")));
    for (const { text } of metrics) expect(text).toMatch(/^log_lost_total\S* 0$/m);
  });

  test("refuse to start with another number than the others have", async () => {
    await open();
    await expect(open({ CHAT_PARTITIONS: "4" })).rejects.toThrow(/CHAT_PARTITIONS is 4 here and 8 in the other/);
  });

  test("ask again after a gap, and are not ready once a Redis that forgot it was told another number", async () => {
    const { history } = await open();
    const operator = new Redis(redis.url);
    await operator.flushall();
    await operator.call("CLIENT", "KILL", "TYPE", "pubsub");
    await expect.poll(() => operator.get("chat-partitions"), within10s).toBe(`${partitions}`);
    await operator.set("chat-partitions", "4");
    await operator.call("CLIENT", "KILL", "TYPE", "pubsub");
    const ready = () => request(history.server).get("/health/ready");
    await expect.poll(async () => (await ready()).text, within10s).toContain("partitions");
    operator.disconnect();
  });
});

test("one process writes all partitions, on the memory bus too", async () => {
  const bus = createMemoryBus();
  const history = await openHistory({ bus, env });
  const partitioning = createPartitioning(partitions);
  const rooms = Array.from({ length: 20 }, () => randomUUID());
  await Promise.all(rooms.map((roomId) => record(bus, [messageFor(roomId)], partitioning.of(roomId))));
  const { rows } = await history.pool.query("SELECT room_id FROM chat.message");
  expect(new Set(rows.map(({ room_id }) => room_id))).toEqual(new Set(rooms));
  await history.close();
  await bus.close();
});
