import { randomUUID } from "node:crypto";
import { createRedisBus, type Bus } from "@parley/bus";
import { ChatTimestampPubSub, createPartitioning } from "@parley/contracts";
import { createDatabase, startRedis, type EmbeddedRedis } from "@parley/embedded";
import { Redis } from "ioredis";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { messageFor, openHistory, record } from "./fixture.ts";

type History = Awaited<ReturnType<typeof openHistory>>;

const patience = { timeout: 10_000 };

/** What an older service publishes: no `via`, no `senderName`, its keys in any order. */
const foreign = (roomId: string, more = {}) => ({
  tempId: randomUUID(),
  sender: "carol",
  content: "from the old service",
  roomId,
  ...more,
});

describe.each([1, 4])("messages of older services, heard by two chat-history with %i partitions", (partitions) => {
  const env = { CHAT_PARTITIONS: `${partitions}` };
  let redis: EmbeddedRedis;
  let old: Redis;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let buses: Bus[];
  let histories: History[];
  /** What the older service hears on the plain channel. */
  let confirmed: ChatTimestampPubSub[];

  beforeAll(async () => {
    [redis, database] = await Promise.all([startRedis(), createDatabase(inject("databaseUrl"))]);
    old = new Redis(redis.url);
    buses = [await createRedisBus({ url: redis.url }), await createRedisBus({ url: redis.url })];
    histories = [];
    for (const bus of buses) histories.push(await openHistory({ bus, databaseUrl: database.url, env }));
    confirmed = [];
    const ear = old.duplicate();
    ear.on("message", (_channel, payload) => confirmed.push(ChatTimestampPubSub.parse(JSON.parse(payload))));
    await ear.subscribe("chat-timestamp");
    ear.on("end", () => {});
    old.on("end", () => ear.disconnect());
  });
  afterAll(async () => {
    old.disconnect();
    for (const history of histories) await history.close();
    for (const bus of buses) await bus.close();
    await redis.stop();
    await database.drop();
  });

  const publish = (message: object) => old.publish("chat-message", JSON.stringify(message));
  const rowsOf = async (roomId: string) => {
    const { rows } = await histories[0]!.pool.query(
      "SELECT m.temp_id, m.content, s.name FROM chat.message m JOIN chat.sender s ON account_id = sender WHERE room_id = $1",
      [roomId],
    );
    return rows as { temp_id: string; content: string; name: string }[];
  };
  const confirmedIn = (roomId: string) => confirmed.filter((event) => event.roomId === roomId);
  const counted = async (outcome: string) => {
    const texts = await Promise.all(histories.map(({ server }) => request(server).get("/metrics")));
    const pattern = new RegExp(`^foreign_messages_total\\{.*outcome="${outcome}".*\\} (\\d+)`, "m");
    return texts.map(({ text }) => Number(pattern.exec(text)?.[1] ?? 0)).reduce((sum, count) => sum + count);
  };

  test("are stored once each and confirmed once on the plain channel, whole (P-20, F-27)", async () => {
    const rooms = Array.from({ length: 10 }, () => randomUUID());
    const messages = Array.from({ length: 1_000 }, (_, n) => foreign(rooms[n % 10]!, { content: `${n}` }));
    await Promise.all(messages.map(publish));
    for (const roomId of rooms) await expect.poll(async () => (await rowsOf(roomId)).length, patience).toBe(100);
    const all = () => rooms.flatMap(confirmedIn);
    await expect.poll(() => all().length, patience).toBe(1_000);
    expect(new Set(all().map(({ tempId }) => tempId))).toEqual(new Set(messages.map(({ tempId }) => tempId)));
    expect(all().every(({ stored }) => stored?.sender === "carol")).toBe(true);
    expect([await counted("adopted"), await counted("known")]).toEqual([1_000, 1_000]);
  });

  test("that are published again are neither stored nor confirmed again", async () => {
    const roomId = randomUUID();
    const message = foreign(roomId);
    await publish(message);
    await expect.poll(() => confirmedIn(roomId).length).toBe(1);
    await publish(message);
    const last = foreign(roomId);
    await publish(last);
    await expect.poll(() => confirmedIn(roomId).length).toBe(2);
    expect(confirmedIn(roomId)[1]!.tempId).toBe(last.tempId);
    expect(await rowsOf(roomId)).toHaveLength(2);
  });

  test("carry the name their sender is known by, not just an id", async () => {
    const roomId = randomUUID();
    await record(
      buses[0]!,
      [messageFor(roomId, { sender: "dora", senderName: "Dora" })],
      createPartitioning(partitions).of(roomId),
    );
    await publish(foreign(roomId, { sender: "dora" }));
    await expect.poll(async () => (await rowsOf(roomId)).map(({ name }) => name)).toEqual(["Dora", "Dora"]);
    await expect.poll(() => confirmedIn(roomId).at(-1)?.stored?.senderName).toBe("Dora");
  });

  test("without a tempId, or that say nothing or are no message, are refused and counted", async () => {
    const roomId = randomUUID();
    const before = await counted("refused");
    await publish({ ...foreign(roomId), tempId: undefined });
    await publish(foreign(roomId, { content: " " }));
    await publish(foreign("../room"));
    await old.publish("chat-message", "no JSON");
    await expect.poll(() => counted("refused")).toBe(before + 8); // Both of us heard them.
    expect(await rowsOf(roomId)).toEqual([]);
  });

  test("are told from our own, which are not adopted", async () => {
    const roomId = randomUUID();
    const counts = async () => [await counted("adopted"), await counted("known"), await counted("refused")];
    const before = await counts();
    const own = messageFor(roomId, { content: 'says "via":"1"}' });
    await old.publish("chat-message", JSON.stringify(own));
    const { via, ...rest } = own;
    await old.publish("chat-message", JSON.stringify({ via, ...rest }));
    const last = foreign(roomId, { content: 'says "via":"1"}' });
    await publish(last);
    await expect.poll(() => confirmedIn(roomId).length).toBe(1);
    expect((await rowsOf(roomId)).map(({ temp_id }) => temp_id)).toEqual([last.tempId]);
    await expect.poll(counts).toEqual([before[0]! + 1, before[1]! + 1, before[2]]);
  });

  test("wait for a Redis that has no room", async () => {
    const roomId = randomUUID();
    await old.config("SET", "maxmemory", "1");
    await publish(foreign(roomId));
    await old.config("SET", "maxmemory", "0");
    await expect.poll(async () => (await rowsOf(roomId)).length, { timeout: 5_000 }).toBe(1);
    await expect.poll(() => confirmedIn(roomId).length).toBe(1);
  });
});
